"""What scoring every example again with other folds would buy, by real refits."""

from __future__ import annotations

import numpy as np

from _refits import cross_fitted
from _simulated import SEED

REPEATS = 3
FRESH = 10_000


def repeats(draws: int) -> None:
    print(
        f"\nFive folds once, and {REPEATS} times with other folds: how far the difference of two is "
        f"from that of the two fitted on all, {draws} draws a line"
    )
    for case, (names, n, labels, apart) in enumerate(
        (
            (("logistic", "centroid"), 150, 4, 0.40),
            (("logistic", "neighbour"), 150, 4, 0.40),
            (("seeded", "seeded"), 150, 4, 0.40),
        )
    ):
        rng = np.random.default_rng(SEED + 70 + case)
        centres = rng.normal(size=(labels, 20)) * apart
        truth = rng.integers(0, labels, FRESH)
        fresh = centres[truth] + rng.normal(size=(FRESH, 20))
        off = []
        for draw in range(draws):
            y = rng.integers(0, labels, n)
            x = centres[y] + rng.normal(size=(n, 20))
            found = []
            for again in range(REPEATS):
                folds = rng.permutation(np.arange(n) % 5)
                sides = [
                    cross_fitted(
                        name, x, y, folds, fresh, 10_000 * draw + 1000 * again + 500 * side
                    )
                    for side, name in enumerate(names)
                ]
                found.append(float(np.mean(sides[0][0] == y) - np.mean(sides[1][0] == y)))
                if not again:
                    kept = [float(np.mean(answers == truth)) for _, answers in sides]
            off.append([found[0], float(np.mean(found))] - np.array(kept[0] - kept[1]))
        once, often = 100 * np.sqrt(np.square(off).mean(axis=0))
        print(
            f"  {names[0]} against {names[1]}, n={n}: {once:.2f} points once, {often:.2f} with "
            f"{REPEATS} times the work ({100 * (1 - often / once):.0f} % less)",
            flush=True,
        )
