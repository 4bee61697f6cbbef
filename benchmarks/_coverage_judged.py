"""Simulated coverage of what readers say: a judge that errs, agreement, answers compared blind."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.special import ndtri

from _simulated import SEED, holds, row
from etude.evaluation.contests import Contest, Items, compare_contests, figure
from etude.statistics.agreement import YesNo, kappa, kappa_interval
from etude.statistics.misclassification import sharpness, true_difference, true_share
from etude.statistics.paired import bonett_price, count_pairs
from etude.workflow.agreement import KAPPA

HIT, PASS = 0.92, 0.88
"""Of good answers the share that the simulated judge calls good, of bad ones that it calls bad."""


def goods(n: int, shares: tuple[float, ...], rng: np.random.Generator) -> np.ndarray:
    """Whether each candidate's answer is good (N, C); candidates find the same items hard."""
    latent = np.sqrt(0.6) * rng.normal(size=(n, 1)) + np.sqrt(0.4) * rng.normal(
        size=(n, len(shares))
    )
    return latent < ndtri(np.array(shares))


def judged(good: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the judge says of answers that are good or not."""
    return np.where(good, rng.random(good.shape) < HIT, rng.random(good.shape) >= PASS)


def labels(n: int, shares: tuple[float, ...], rng: np.random.Generator) -> YesNo:
    """The judge beside a person on ``n`` answers of all candidates."""
    good = goods(n, shares, rng)[np.arange(n), rng.integers(0, len(shares), n)]
    said = judged(good, rng)
    both, first = int((said & good).sum()), int((said & ~good).sum())
    second = int((~said & good).sum())
    return YesNo(both, first, second, n - both - first - second)


def judge(draws: int) -> None:
    print(
        f"\nA judge that errs (finds {HIT:.0%} of the good, {PASS:.0%} of the bad), put right by a "
        f"person's labels: {draws} draws a line, seed {SEED + 40}"
    )
    rng = np.random.default_rng(SEED + 40)
    for n, labelled, shares in (
        (100, 100, (0.6, 0.6)),
        (100, 100, (0.7, 0.8)),
        (300, 100, (0.7, 0.8)),
        (300, 200, (0.85, 0.9)),
        (1000, 300, (0.7, 0.7)),
    ):
        share, plain, pair, three, used = [], [], [], [], []
        for _ in range(draws):
            table = labels(labelled, shares, rng)
            # As in a comparison: below this nothing is put right and the judge decides nothing.
            used.append(kappa(table) >= KAPPA)
            if not used[-1]:
                continue
            said = judged(goods(n, shares, rng), rng).astype(float)
            share.append(holds(true_share(float(said[:, 0].mean()), n, table), shares[0]))
            counts, gain = count_pairs(*said.T), shares[0] - shares[1]
            plain.append(holds(bonett_price(counts), gain))
            for found, comparisons in ((pair, 1), (three, 3)):
                sharp = sharpness(table, comparisons=comparisons)
                assert sharp is not None
                seen = bonett_price(counts, comparisons=comparisons)
                found.append(holds(true_difference(seen, sharp), gain))
        what = f"n={n}, {labelled} labels, {shares[0]:.2f} and {shares[1]:.2f}"
        row(f"{what}: share, Rogan-Gladen", share)
        row(f"{what}: difference, MOVER-R", pair)
        row(f"{what}: one of three (98.3 % stated)", three)
        row(f"{what}: difference as seen, for contrast", plain)
        print(f"    in {100 * np.mean(used):.0f} % of draws the judge agrees well enough to decide")


def agreement(draws: int) -> None:
    print(f"\nCohen's kappa: {draws} draws a line, seed {SEED + 41}")
    rng = np.random.default_rng(SEED + 41)
    for n, cells in (
        (50, (0.45, 0.10, 0.10, 0.35)),
        (100, (0.65, 0.06, 0.05, 0.24)),
        (100, (0.85, 0.04, 0.04, 0.07)),
        (300, (0.70, 0.03, 0.07, 0.20)),
    ):
        true = kappa(YesNo(*(round(100_000 * cell) for cell in cells)))
        hits = []
        for drawn in rng.multinomial(n, cells, draws).tolist():
            found = kappa_interval(YesNo(*drawn))
            hits.append(found is None or holds(found, true))
        row(f"n={n}, kappa {true:.2f}", hits)


def _said(n: int, strengths: tuple[float, ...], tie: float, rng: np.random.Generator) -> np.ndarray:
    """How good each answer looks to its reader (N, C): the last column is what counts as a tie."""
    item = 0.5 * rng.normal(size=(n, len(strengths))) + np.array(strengths)
    return np.column_stack([item, np.full(n, tie)])


def _contest(
    a: int, b: int, looks: np.ndarray, rng: np.random.Generator, group: np.ndarray
) -> Contest:
    """Every item compared once, with the reader's own noise."""
    apart = looks[:, b] - looks[:, a] + 0.5 * rng.normal(size=len(looks)) + group * (b - a)
    score = np.where(np.abs(apart) < looks[:, -1], 0.5, (apart > 0).astype(float))
    names = "xyz"
    return Contest(names[a], names[b], np.arange(len(looks)), score, len(looks), 0, 0)


def blind(draws: int) -> None:
    print(
        f"\nAnswers compared blind, ties counted half, three candidates: {draws} draws a line, seed "
        f"{SEED + 42}"
    )
    rng = np.random.default_rng(SEED + 42)
    for n, size, strengths, tie, direct in (
        (40, 1, (0.0, 0.0, 0.0), 0.4, False),
        (100, 1, (0.0, 0.2, 0.5), 0.4, False),
        (100, 1, (0.0, 0.2, 0.5), 0.4, True),
        (100, 1, (0.0, 0.0, 0.05), 1.8, False),
        (300, 1, (0.0, 0.2, 1.5), 0.2, False),
        (150, 5, (0.0, 0.2, 0.5), 0.4, False),
    ):
        setting = (size, strengths, tie, direct)
        whole = _compared(200_000, setting, rng)[0]
        true = _preferred(whole)
        hits: dict[str, list[bool]] = {"each figure": [], "all three differences together": []}
        for _ in range(draws):
            contests, items = _compared(n, setting, rng)
            pairs = compare_contests("x", "xyz", contests, items, 0.02)
            hits["all three differences together"].append(
                all(
                    pair.difference.low <= true[pair.a, pair.b] <= pair.difference.high
                    for pair in pairs
                )
            )
            found = figure(contests[0], items, "person")
            hits["each figure"].append(found.low <= 0.5 + true["x", "y"] <= found.high)
        groups = f" in groups of {size}" if size > 1 else ""
        ties = np.mean([one.score_M == 0.5 for one in whole])
        how = ", the others compared too" if direct else ""
        for name, found in hits.items():
            row(f"n={n}{groups}, {ties:.0%} ties{how}: {name}", found)


def _compared(
    n: int, setting: tuple[int, tuple[float, ...], float, bool], rng: np.random.Generator
) -> tuple[list[Contest], Items]:
    size, strengths, tie, direct = setting
    names = np.arange(n) // size
    shift = 0.4 * rng.normal(size=names.max() + 1)[names] if size > 1 else np.zeros(n)
    looks = _said(n, strengths, tie, rng)
    which = [pair for pair in combinations(range(3), 2) if direct or pair[0] == 0]
    return [_contest(a, b, looks, rng, shift) for a, b in which], Items(names, None)


def _preferred(contests: list[Contest]) -> dict[tuple[str, str], float]:
    """The true differences of figures: against the baseline, and of the others either directly or by
    their figures against it, as a comparison takes them."""
    shares = {(one.a, one.b): float(one.score_M.mean()) - 0.5 for one in contests}
    if ("y", "z") not in shares:
        shares["y", "z"] = shares["x", "z"] - shares["x", "y"]
    return shares
