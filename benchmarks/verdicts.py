"""Is the verdict itself right? Public tasks, thousands of texts kept aside as the truth.

    python benchmarks/verdicts.py [--tasks trec6 …] [--sizes 100 300 1000] [--draws 10]
        [--tuned 4] [--evaluations 1000] [--fit] [--json FILE]

For each task and size, ``--draws`` projects of so many examples climb the ladder as ``etude compare``
does (``--tuned`` of them with fine-tuning), and every candidate answers a large pool and the truth;
the answers are kept, so that a run that was stopped goes on (``--fit`` does this part alone). Then
``--evaluations`` times scored examples are drawn from the pool and the product decides. Printed, per
size: how often intervals cover the difference that the truth shows (95 % is stated); how often the
recommended candidate, provisional picks included, loses no more than the margin against the true
best; how often one of two equal candidates is called better; how often nothing can be told, and how
often the number of further examples that is then named settles it. Seeds are the draws' numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from _timing import say_load
from _verdict_draws import (
    Drawn,
    Truth,
    cards,
    covers,
    draw,
    extended,
    own,
    singles,
    swapped,
    verdict_of,
)
from _verdict_fits import Fits, fitted, read
from _verdict_tasks import TASKS, Pools, pools
from etude.evaluation.judging import Judge
from etude.records.task import Task
from etude.statistics.proportions import wilson

MARGIN = 0.02
MOST_MORE = 100_000
"""Examples that are drawn to see whether they settle it; where more are named, that isn't tried."""


@dataclass
class Tally:
    """Hits of one task at one size; each list has an entry a draw (or a draw's pair)."""

    single: list[bool] = field(default_factory=list)
    single_allowing: list[bool] = field(default_factory=list)
    joint: list[bool] = field(default_factory=list)
    refit_single: list[bool] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    plain_losses: list[float] = field(default_factory=list)
    """Of the best point estimate, for contrast."""
    lowest_losses: list[float] = field(default_factory=list)
    """Of the lowest rung whose estimate is within the margin of that."""
    knowing_losses: list[float] = field(default_factory=list)
    """Of what all of the pool calls best, once a training draw: no choice by fewer examples could
    do better, for the kept candidate is another fit than those that were scored."""
    decisions: Counter[str] = field(default_factory=Counter)
    settled: list[bool] = field(default_factory=list)
    falsely: list[bool] = field(default_factory=list)
    settled_by_more: list[bool] = field(default_factory=list)
    more: list[float] = field(default_factory=list)
    not_enough: int = 0

    def add(self, other: Tally) -> None:
        """Count another's draws too."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, mine + value)


def judge_of(task: Pools) -> Judge:
    """The judge of accuracy over a task's labels, with the default margin."""
    made = Task.model_validate(
        {
            "task": task.name,
            "kind": "classify",
            "labels": dict.fromkeys(task.labels, ""),
            "data": {"examples": "rows.jsonl"},
            "bar": {"metric": "accuracy", "margin": MARGIN},
        }
    )
    return Judge.of(made, task.labels, Path())


def evaluate(fits: Fits, judge: Judge, times: int, seed: int) -> Tally:
    """Draw scored examples ``times`` times and count."""
    tally, truth = Tally(), Truth.of(fits)
    rng = np.random.default_rng(seed)
    count = len(fits.own_truth_N)
    for _ in range(times):
        drawn = draw(fits, count, rng)
        scored = cards(drawn, fits.rungs, judge)
        _count_intervals(tally, scored, truth, judge)
        _count_verdict(tally, fits, drawn, truth, judge, rng)
        one, other = rng.choice(len(fits.rungs), size=2, replace=False)
        equal = swapped(scored[fits.rungs[one]], scored[fits.rungs[other]], rng)
        claimed = singles(equal, judge)[0, 1].call in ("better", "worse")
        tally.falsely.append(claimed)
    _count_refits(tally, fits, truth, judge)
    known = (fits.pool_RFP == fits.pool_truth_P).mean(axis=(1, 2))
    tally.knowing_losses.append(float(truth.values.max() - truth.values[known.argmax()]))
    return tally


def _count_intervals(tally: Tally, scored: dict[str, Any], truth: Truth, judge: Judge) -> None:
    for (a, b), pair in singles(scored, judge).items():
        d = pair.difference
        plain, allowing = covers(d.low, d.high, d.value, *truth.gap(a, b))
        tally.single.append(plain)
        tally.single_allowing.append(allowing)


def _count_refits(tally: Tally, fits: Fits, truth: Truth, judge: Judge) -> None:
    """The intervals of the draw's own scored rows: nothing here is drawn from a pool."""
    for (a, b), pair in singles(cards(own(fits), fits.rungs, judge), judge).items():
        d = pair.difference
        tally.refit_single.append(covers(d.low, d.high, d.value, *truth.gap(a, b))[1])


def _count_verdict(
    tally: Tally,
    fits: Fits,
    drawn: Drawn,
    truth: Truth,
    judge: Judge,
    rng: np.random.Generator,
) -> None:
    verdict, pairs = verdict_of(drawn, fits.rungs, judge)
    place = {rung: at for at, rung in enumerate(fits.rungs)}
    tally.joint.append(
        all(
            covers(
                p.difference.low,
                p.difference.high,
                p.difference.value,
                *truth.gap(place[p.a], place[p.b]),
            )[1]
            for p in pairs
        )
    )
    picked = place[verdict.recommended or fits.rungs[0]]
    shares_R = (drawn.answers_RN == drawn.truth_N).mean(axis=1)
    for losses, chosen in (
        (tally.losses, picked),
        (tally.plain_losses, int(shares_R.argmax())),
        (tally.lowest_losses, int((shares_R >= shares_R.max() - MARGIN).argmax())),
    ):
        losses.append(float(truth.values.max() - truth.values[chosen]))
    tally.decisions[verdict.decision] += 1
    # Where nothing was fine-tuned, "don't" is never said, however clear the rest is.
    tally.settled.append(verdict.more_examples is None)
    if verdict.more_examples is not None:
        _count_more(tally, fits, drawn, verdict.more_examples, judge, rng)


def _count_more(
    tally: Tally, fits: Fits, drawn: Drawn, more: float, judge: Judge, rng: np.random.Generator
) -> None:
    """Whether as many examples more as are named settle it."""
    if more > MOST_MORE:
        tally.not_enough += 1
        return
    tally.more.append(more)
    again = extended(fits, drawn, math.ceil(more), rng)
    verdict, _ = verdict_of(again, fits.rungs, judge)
    tally.settled_by_more.append(verdict.more_examples is None)


def share(hits: list[bool]) -> str:
    """A share with its interval."""
    if not hits:
        return "none"
    found = wilson(sum(hits), len(hits))
    return (
        f"{100 * np.mean(hits):5.1f} % ({100 * found.low:.1f} to {100 * found.high:.1f}; "
        f"{len(hits):,})"
    )


def _quantiles(counts: list[float]) -> str:
    """The middle one, and between which nine in ten lie."""
    if not counts:
        return "none"
    low, middle, high = np.quantile(counts, [0.05, 0.5, 0.95])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def told(tally: Tally) -> dict[str, str]:
    """What is printed, a line each."""
    losses = np.array(tally.losses)
    return {
        "intervals of two candidates cover": share(tally.single),
        "allowing for the truth's own error": share(tally.single_allowing),
        "the same, of examples that were refitted": share(tally.refit_single),
        "all pairs of a comparison covered at once": share(tally.joint),
        "pick within the margin of the true best": share([x <= MARGIN for x in tally.losses]),
        "the best point estimate within it": share([x <= MARGIN for x in tally.plain_losses]),
        "the lowest rung estimated within it": share([x <= MARGIN for x in tally.lowest_losses]),
        "the best by all of the pool within it": share([x <= MARGIN for x in tally.knowing_losses]),
        "loss of the pick, points": f"mean {100 * losses.mean():.2f}, "
        f"19 of 20 below {100 * np.quantile(losses, 0.95):.1f}, most {100 * losses.max():.1f}",
        "a difference claimed between equals": share(tally.falsely),
        "verdicts": ", ".join(f"{k} {v:,}" for k, v in tally.decisions.most_common()),
        "which rung is enough, settled": share(tally.settled),
        "settled by the examples named": share(tally.settled_by_more)
        + (f"; in {tally.not_enough:,} too many were named to try" if tally.not_enough else ""),
        "examples named, beyond those there are": _quantiles(tally.more),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 300, 1000])
    parser.add_argument("--draws", type=int, default=10, help="training draws a task and size")
    parser.add_argument("--tuned", type=int, default=0, help="of the draws, with fine-tuning")
    parser.add_argument("--evaluations", type=int, default=1000, help="a task and size")
    parser.add_argument("--fit", action="store_true", help="only fit, and keep the answers")
    parser.add_argument("--json", type=Path, help="write all counts here")
    options = parser.parse_args()
    say_load()
    results: dict[str, Any] = {}
    for size in options.sizes:
        whole = Tally()
        for name in options.tasks:
            tally = one_task(name, size, options)
            if tally is not None:
                whole.add(tally)
                show(f"{name}, {size} examples", tally, results)
        if whole.losses:
            show(f"all tasks, {size} examples", whole, results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def one_task(name: str, size: int, options: argparse.Namespace) -> Tally | None:
    """Fit what is not there yet, then draw; None with ``--fit``."""
    task = pools(name)
    files = []
    for number in range(options.draws):
        started = time.perf_counter()
        files.append(fitted(task, size, number, number < options.tuned))
        took = time.perf_counter() - started
        print(f"{name}, {size}: training draw {number + 1}, {took:.0f} s", flush=True)
    if options.fit:
        return None
    judge, whole = judge_of(task), Tally()
    for number, file in enumerate(files):
        times = options.evaluations // len(files) + (number < options.evaluations % len(files))
        whole.add(evaluate(read(file), judge, times, number))
    return whole


def show(title: str, tally: Tally, results: dict[str, Any]) -> None:
    """Print a table and keep its figures."""
    lines = told(tally)
    print(f"\n## {title}")
    for name, value in lines.items():
        print(f"{name:44} {value}", flush=True)
    results[title] = lines


if __name__ == "__main__":
    main()
