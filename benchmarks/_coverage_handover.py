"""Simulated error of the promise to hand over: is what is answered right as often as was promised?"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from _simulated import SEED, holds, row
from etude.statistics.guarantee import promise
from etude.statistics.selective import at_threshold

FRESH = 100_000


def scored(
    groups: int, size: int, slope: float, middle: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N,), and whether each answer is right; groups share what makes them hard. Surer answers
    are right more often, by the slope."""
    odds = rng.normal(1.5, 1.5, groups * size)
    if size > 1:
        odds += np.repeat(rng.normal(0, 1.0, groups), size)
        own = np.repeat(rng.normal(0, 1.2, groups), size)
    else:
        own = np.zeros(groups)
    right = rng.random(groups * size) < 1 / (1 + np.exp(-(slope * odds + middle + own)))
    return 1 / (1 + np.exp(-odds)), right.astype(float)


def promised(draws: int) -> None:
    print(
        f"\nHanding over, 90 % right at 95 % confidence: broken (5 % at most), "
        f"{draws} draws a line, seed {SEED + 50}"
    )
    rng = np.random.default_rng(SEED + 50)
    for groups, size, slope, middle in (
        (100, 1, 1.0, 0.5),
        (300, 1, 1.0, 0.5),
        (1000, 1, 1.0, 0.5),
        (300, 1, 0.3, 1.8),
        (120, 5, 1.0, 1.5),
        (300, 5, 1.0, 0.8),
    ):
        fresh = scored(FRESH // size, size, slope, middle, rng)
        broken, answered, precision, none = [], [], [], 0
        for _ in range(draws):
            score, right = scored(groups, size, slope, middle, rng)
            names = np.repeat(np.arange(groups), size)
            found = promise(score, right, precision=0.9, groups=names)
            if found.threshold is None:
                none += 1
                broken.append(False)
                continue
            kept = fresh[0] >= found.threshold
            true = float(fresh[1][kept].mean())
            broken.append(true < 0.9)
            answered.append(float(kept.mean()))
            point = at_threshold(score, right, found.threshold, groups=names)
            assert point.precision is not None
            precision.append(holds(point.precision, true))
        what = f"{groups} groups of {size}" if size > 1 else f"n={groups}"
        what += "" if slope == 1 else ", scores that say little"
        row(f"{what}: broken", broken)
        if len(precision) >= draws / 10:
            row(f"{what}: the share right beside it, on the same examples", precision)
        share = np.mean(answered) if answered else 0.0
        print(f"    no threshold in {100 * none / draws:.0f} % of draws; else {share:.0%} answered")


def hardest(draws: int) -> None:
    """Every threshold breaks the promise by a hair: the most that a procedure can err."""
    print(f"\nThe same where every threshold is a hair below 90 %: any is given, seed {SEED + 51}")
    rng = np.random.default_rng(SEED + 51)
    for groups, size in ((100, 1), (1000, 1), (200, 5)):
        given = []
        for _ in range(draws):
            score, names = rng.random(groups * size), np.repeat(np.arange(groups), size)
            # In groups either all are right or all wrong: as alike as items can be.
            luck = np.repeat(rng.random(groups), size)
            given.append(
                promise(score, (luck < 0.8999).astype(float), precision=0.9, groups=names).threshold
                is not None
            )
        row(f"{groups} groups of {size}, all alike" if size > 1 else f"n={groups}", given)


def out_of_fold(draws: int) -> None:
    """Scores out of fold, real refits; true is what the candidate fitted on all does."""
    print(
        f"\nThe same out of fold (5 folds, real refits), for the candidate fitted on all: {draws} "
        f"draws a line, seed {SEED + 52}"
    )
    rng = np.random.default_rng(SEED + 52)
    for n, labels, apart in ((150, 4, 0.70), (300, 6, 0.60), (600, 8, 0.50)):
        centres = rng.normal(size=(labels, 20)) * apart
        truth = rng.integers(0, labels, FRESH // 5)
        fresh = centres[truth] + rng.normal(size=(len(truth), 20))
        broken, beside, cover, none = [], [], [], 0
        for _ in range(draws):
            y = rng.integers(0, labels, n)
            x = centres[y] + rng.normal(size=(n, 20))
            folds = rng.permutation(np.arange(n) % 5)
            score, right = _out_of_fold(x, y, folds)
            found = promise(score, right, precision=0.9)
            if found.threshold is None:
                none += 1
                broken.append(False)
                continue
            kept_score, kept = _answers(x, y, fresh)
            sure = kept_score >= found.threshold
            true = float((kept == truth)[sure].mean())
            broken.append(true < 0.9)
            point = at_threshold(score, right, found.threshold, folds=folds)
            assert point.precision is not None
            beside.append(holds(point.precision, true))
            cover.append(holds(point.coverage, float(sure.mean())))
        row(f"n={n}, {labels} labels: broken", broken)
        if len(beside) >= draws / 10:
            row(f"n={n}, {labels} labels: the share right beside it", beside)
            row(f"n={n}, {labels} labels: the share answered beside it", cover)
        print(f"    no threshold in {100 * none / draws:.0f} % of draws")


def _answers(x: np.ndarray, y: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    model = LogisticRegression(max_iter=60).fit(x, y)
    probability = model.predict_proba(asked)
    return probability.max(axis=1), model.classes_[probability.argmax(axis=1)]


def _out_of_fold(x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    score, right = np.empty(len(y)), np.empty(len(y))
    for fold in np.unique(folds):
        inside = folds == fold
        score[inside], said = _answers(x[~inside], y[~inside], x[inside])
        right[inside] = said == y[inside]
    return score, right
