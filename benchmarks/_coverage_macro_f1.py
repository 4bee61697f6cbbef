"""Macro-F1: of examples by themselves, and of examples in groups that share labels and difficulty."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from _simulated import SEED, holds, row
from etude.statistics.macro_f1 import macro_f1
from etude.statistics.simultaneous import pairwise_intervals
from etude.statistics.single import macro_f1_interval

RESAMPLES = 2_000
SKILLS = [0.70, 0.75]
SHARES = 1 / np.arange(1, 11) ** 1.06 / (1 / np.arange(1, 11) ** 1.06).sum()
"""Of ten labels, from 30 % to 2.6 %."""
GROUP = 5


def answers_of(
    truth: np.ndarray,
    n: int,
    skills: list[float],
    rng: np.random.Generator,
    hard: np.ndarray | None = None,
) -> np.ndarray:
    """Answers (n, C) over 10 labels; candidates find the same items hard (n,), 0 to 1."""
    hard = rng.random(n) if hard is None else hard
    luck = rng.random((n, len(skills)))
    right = 0.7 * hard[:, None] + 0.3 * luck < np.array(skills) + 0.02 * (truth[:, None] % 3)
    return np.where(
        right, truth[:, None], (truth[:, None] + rng.integers(1, 10, (n, len(skills)))) % 10
    )


def alone(draws: int) -> None:
    """Examples by themselves."""
    print(f"\nMacro-F1, 10 unequal labels (30 % to 2.6 %): {draws} draws, seed {SEED + 2}")
    rng = np.random.default_rng(SEED + 2)
    big = rng.choice(10, 400_000, p=SHARES)
    true = macro_f1(big, answers_of(big, len(big), SKILLS, rng), 10)
    for n in (100, 300):
        plain, stratified, pair, width = [], [], [], []
        for draw in range(draws):
            truth = rng.choice(10, n, p=SHARES)
            answers = answers_of(truth, n, SKILLS, rng)
            found = macro_f1_interval(truth, answers[:, 0], 10, resamples=RESAMPLES)
            plain.append(holds(found, true[0]))
            width.append(found.width)
            if draw % 2 == 0:
                again = _stratified(truth, answers[:, 0], rng)
                low, high = np.quantile(again, [0.025, 0.975])
                stratified.append(bool(low <= true[0] <= high))
            pair.append(_pair_holds(truth, answers, true[0] - true[1]))
        row(f"n={n}: plain percentile", plain, float(np.mean(width)))
        row(f"n={n}: stratified by label (not offered)", stratified)
        row(f"n={n}: difference of two, max-t", pair)


def over_groups(draws: int) -> None:
    """Examples in groups of five: half of a group's have its own label, and all are alike in how
    hard they are."""
    print(f"\nMacro-F1 over groups of {GROUP}, 10 labels: {draws} draws, seed {SEED + 22}")
    rng = np.random.default_rng(SEED + 22)
    true = macro_f1(*_grouped(80_000, rng), 10)
    for count in (20, 60, 200):
        names = np.repeat(np.arange(count), GROUP)
        over, items, pair = [], [], []
        for _ in range(draws):
            truth, answers = _grouped(count, rng)
            for hits, groups in ((over, names), (items, None)):
                found = macro_f1_interval(
                    truth, answers[:, 0], 10, groups=groups, resamples=RESAMPLES
                )
                hits.append(holds(found, true[0]))
            pair.append(_pair_holds(truth, answers, true[0] - true[1], names))
        row(f"{count} groups: percentile over groups", over)
        row(f"{count} groups: percentile over items (not done)", items)
        row(f"{count} groups: difference of two over groups", pair)


def _grouped(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Right labels (N,) and answers (N, C) of so many groups."""
    n = count * GROUP
    own = np.repeat(rng.choice(10, count, p=SHARES), GROUP)
    truth = np.where(rng.random(n) < 0.5, own, rng.choice(10, n, p=SHARES))
    hard = ndtr(0.6 * np.repeat(rng.normal(size=count), GROUP) + 0.8 * rng.normal(size=n))
    return truth, answers_of(truth, n, SKILLS, rng, hard)


def _pair_holds(
    truth: np.ndarray, answers: np.ndarray, gap: float, groups: np.ndarray | None = None
) -> bool:
    both = pairwise_intervals(
        metric="macro_f1",
        truth=truth,
        predictions=answers,
        n_labels=10,
        groups=groups,
        resamples=RESAMPLES,
    )
    return holds(both.pairs[0].interval, gap)


def _stratified(truth: np.ndarray, answers: np.ndarray, rng: np.random.Generator) -> list[float]:
    """Macro-F1 of resamples that hold each label as often as the sample does."""
    labels = [np.flatnonzero(truth == k) for k in np.unique(truth)]
    rows = np.concatenate([rng.choice(m, (150, len(m))) for m in labels], axis=1)
    return [float(macro_f1(truth[r], answers[r], 10)[0]) for r in rows]
