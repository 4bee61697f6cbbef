"""How long the intervals of all pairs of candidates take, and scipy's bootstrap beside them.

    python benchmarks/intervals.py [--candidates 10] [--items 10000] [--resamples 10000] [--rounds 3]

Random scores, seed 0. Ours: every pair's simultaneous interval, for each kind of metric. The peer:
``scipy.stats.bootstrap`` (percentile, vectorised, 5 resamples a batch: of 1, 5, 10, 25, 50 and 250
that and 1 were the fastest) of all candidates' means together: as many resamples of the same scores,
without the pairs and the multiplier. One thread each, by turns.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import bootstrap
from threadpoolctl import threadpool_limits

from _timing import interleave, say_load
from etude.statistics.simultaneous import pairwise_intervals

LABELS = 77
BATCH = 5


def programs(candidates: int, items: int, resamples: int) -> dict[str, Callable[[int], object]]:
    random = np.random.default_rng(0)
    quality = np.linspace(0.7, 0.9, candidates)
    right = (random.random((items, candidates)) < quality).astype(float)
    shares = np.clip(quality + random.normal(0, 0.2, (items, candidates)), 0, 1)
    truth = random.integers(0, LABELS, items)
    wrong = random.integers(0, LABELS, (items, candidates))
    answers = np.where(right == 1, truth[:, None], wrong)
    least = random.integers(1, 9, (items, candidates)).astype(float)
    kept: dict[str, Any] = {"resamples": resamples}

    def scipys(_: int) -> object:
        return bootstrap(
            (shares,), np.mean, axis=0, n_resamples=resamples, batch=BATCH, method="percentile",
            rng=np.random.default_rng(0),
        )  # fmt: skip

    return {
        "right or wrong": lambda _: pairwise_intervals(right, **kept),
        "mean of scores": lambda _: pairwise_intervals(shares, metric="mean", **kept),
        "ratio of sums": lambda _: pairwise_intervals(
            shares * least, metric="ratio", denominators=least, **kept
        ),
        "macro-F1": lambda _: pairwise_intervals(
            metric="macro_f1", truth=truth, predictions=answers, n_labels=LABELS, **kept
        ),
        "scipy, means alone": scipys,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=10)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    say_load()
    every = programs(options.candidates, options.items, options.resamples)
    with threadpool_limits(1):
        result = interleave(every, options.rounds, lambda number, seconds: None)
    print(
        f"{options.candidates} candidates, {options.items:,} items, {options.resamples:,} resamples"
    )
    for name in every:
        print(f"{name:20} {result.median(name):7.2f} s")
    print(result.ratio_line("mean of scores", "scipy, means alone"))
    if options.json:
        found = {"seconds": result.seconds, "cpu_seconds": result.cpu_seconds}
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
