"""Is the verdict itself right? Public tasks, thousands of texts kept aside as the truth.

    python benchmarks/verdicts.py [--tasks trec6 …] [--sizes 100 300 1000] [--draws 10]
        [--tuned 4] [--evaluations 1000] [--fit] [--kept FILE] [--chance 0.95]
        [--json FILE]

For each task and size, ``--draws`` projects of so many examples climb the ladder as ``etude compare``
does (``--tuned`` of them with fine-tuning), and every candidate answers a large pool and the truth;
the answers are kept, so that a run that was stopped goes on (``--fit`` does this part alone). Then
``--evaluations`` times scored examples are drawn from the pool and the product decides; with
``--kept`` what stands in that file is taken from there, and the rest is added to it. Printed, per
size: how often intervals cover the difference that the truth shows (95 % is stated); how often the
recommended candidate, provisional picks included, loses no more than the margin against the true
best; how often what is claimed is so, and how often one of two is called better whose answers were
exchanged by a coin; how often nothing can be told, and how often the number of further examples that
is then named settles it. Ranges are over training draws. Seeds are the draws' numbers.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
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
from _verdict_tally import MARGIN, Draws, Of, Tally, keep, kept, told
from _verdict_tasks import TASKS, Pools, pools
from etude.evaluation.judging import Judge
from etude.records.candidate import CandidateReport
from etude.records.task import Task
from etude.records.verdict import Pair, Verdict
from etude.verdict import more as settling
from etude.verdict._pairs import Differences
from etude.verdict.provisional import provisional, value

MOST_MORE = 100_000
"""Examples that are drawn to see whether they settle it; where more are named, that isn't tried."""


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
    tally, truth = Tally.empty(), Truth.of(fits)
    rng = np.random.default_rng(seed)
    count = len(fits.own_truth_N)
    for _ in range(times):
        drawn = draw(fits, count, rng)
        scored = cards(drawn, fits.rungs, judge)
        _count_intervals(tally, scored, truth, judge)
        _count_verdict(tally, fits, drawn, truth, judge, rng)
        one, other = rng.choice(len(fits.rungs), size=2, replace=False)
        equal = swapped(scored[fits.rungs[one]], scored[fits.rungs[other]], rng)
        tally.note(falsely=singles(equal, judge)[0, 1].call in ("better", "worse"))
    _count_refits(tally, fits, truth, judge)
    known = (fits.pool_RFP == fits.pool_truth_P).mean(axis=(1, 2))
    tally.note(knowing_losses=truth.values.max() - truth.values[known.argmax()])
    if "finetune" in fits.rungs:
        tally.note(gains=gain_of_tuning(fits, truth))
    return tally


def gain_of_tuning(fits: Fits, truth: Truth) -> float:
    """What fine-tuning truly adds to the best simpler candidate, in shares."""
    tuned = fits.rungs.index("finetune")
    return float(truth.values[tuned] - np.delete(truth.values, tuned).max())


def _count_intervals(tally: Tally, scored: dict[str, Any], truth: Truth, judge: Judge) -> None:
    for (a, b), pair in singles(scored, judge).items():
        d = pair.difference
        plain, allowing = covers(d.low, d.high, d.value, *truth.gap(a, b))
        tally.note(single=plain, single_allowing=allowing)


def _count_refits(tally: Tally, fits: Fits, truth: Truth, judge: Judge) -> None:
    """The draw's own scored rows: nothing here is drawn from a pool, and what scored one row was
    fitted on the others."""
    drawn = own(fits)
    for (a, b), pair in singles(cards(drawn, fits.rungs, judge), judge).items():
        d = pair.difference
        tally.note(refit_single=covers(d.low, d.high, d.value, *truth.gap(a, b))[1])
    verdict, pairs, _ = verdict_of(drawn, fits.rungs, judge)
    picked = fits.rungs.index(verdict.recommended or fits.rungs[0])
    tally.note(
        own_joint=_all_covered(pairs, fits.rungs, truth),
        own_losses=truth.values.max() - truth.values[picked],
    )


def _all_covered(pairs: Sequence[Pair], rungs: Sequence[str], truth: Truth) -> bool:
    """Whether each pair's interval covers, allowing for the truth's own error."""
    for pair in pairs:
        d = pair.difference
        gap = truth.gap(rungs.index(pair.a), rungs.index(pair.b))
        if not covers(d.low, d.high, d.value, *gap)[1]:
            return False
    return True


def _is_so(pair: Pair, gap: float) -> bool:
    """Whether what is claimed of a pair is so; ``gap`` is its true difference."""
    return {"better": gap > 0, "worse": gap < 0, "no_worse": gap > -MARGIN}[pair.call]


def _count_verdict(
    tally: Tally,
    fits: Fits,
    drawn: Drawn,
    truth: Truth,
    judge: Judge,
    rng: np.random.Generator,
) -> None:
    verdict, pairs, reports = verdict_of(drawn, fits.rungs, judge)
    place = {rung: at for at, rung in enumerate(fits.rungs)}
    tally.note(joint=_all_covered(pairs, fits.rungs, truth))
    for pair in pairs:
        if pair.call != "cant_tell":
            tally.note(claims=_is_so(pair, truth.gap(place[pair.a], place[pair.b])[0]))
    picked = verdict.recommended or fits.rungs[0]
    shares_R = (drawn.answers_RN == drawn.truth_N).mean(axis=1)
    loss_R = truth.values.max() - truth.values
    # Where nothing was fine-tuned, "don't" is never said, however clear the rest is.
    settled = verdict.more_examples is None
    lowest = (shares_R >= shares_R.max() - MARGIN).argmax()
    if settled:
        tally.note(settled_losses=loss_R[place[picked]])
    tally.note(
        losses=loss_R[place[picked]],
        plain_losses=loss_R[place[picked] if settled else shares_R.argmax()],
        lowest_losses=loss_R[place[picked] if settled else lowest],
        wary_losses=loss_R[place[_wary(verdict, pairs, reports)]],
        picks=picked,
        decisions=verdict.decision,
        settled=settled,
    )
    if verdict.more_examples is not None:
        _count_more(tally, fits, drawn, verdict.more_examples, judge, rng)


def _wary(verdict: Verdict, pairs: Sequence[Pair], reports: Sequence[CandidateReport]) -> str:
    """The pick by the rule before."""
    simple = [report for report in reports if not report.trained]
    best = max(value(report) for report in reports)
    settled = verdict.more_examples is None
    if settled or best - max(value(report) for report in simple) >= MARGIN:
        return verdict.recommended or reports[0].name
    return provisional(simple, Differences(pairs)).name


def _count_more(
    tally: Tally, fits: Fits, drawn: Drawn, more: float, judge: Judge, rng: np.random.Generator
) -> None:
    """Whether as many examples more as are named settle it, and whether half of them would."""
    tally.note(not_enough=more > MOST_MORE)
    if more > MOST_MORE:
        return

    def settled_by(count: int) -> bool:
        verdict, _, _ = verdict_of(extended(fits, drawn, count, rng), fits.rungs, judge)
        return verdict.more_examples is None

    tally.note(
        more=more,
        settled_by_more=settled_by(math.ceil(more)),
        settled_by_half=settled_by(math.ceil(more / 2)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 300, 1000])
    parser.add_argument("--draws", type=int, default=10, help="training draws a task and size")
    parser.add_argument("--tuned", type=int, default=0, help="of the draws, with fine-tuning")
    parser.add_argument("--evaluations", type=int, default=1000, help="a task and size")
    parser.add_argument("--kept", type=Path, help="take draws from here, and add those that lack")
    parser.add_argument("--chance", type=float, help="of draws that the examples named must settle")
    parser.add_argument("--fit", action="store_true", help="only fit, and keep the answers")
    parser.add_argument("--json", type=Path, help="write all counts here")
    options = parser.parse_args()
    if options.chance is not None:
        if options.kept is not None:
            parser.error("--chance is for trying: what it comes to is not kept with the rest")
        settling.CHANCE = options.chance
    say_load()
    results: dict[str, Any] = {}
    for size in options.sizes:
        whole: list[tuple[str, Tally]] = []
        for name in options.tasks:
            draws = one_task(name, size, options)
            whole += draws
            if draws:
                show(f"{name}, {size} examples", draws, results)
        if whole:
            show(f"all tasks, {size} examples", whole, results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def one_task(name: str, size: int, options: argparse.Namespace) -> list[tuple[str, Tally]]:
    """Fit what is not there yet, then draw; nothing with ``--fit``."""
    task = pools(name)
    judge, known, found = judge_of(task), kept(options.kept), []
    for number in range(options.draws):
        times = options.evaluations // options.draws + (
            number < options.evaluations % options.draws
        )
        of = Of(name, size, number, number < options.tuned, times)
        if of not in known:
            started = time.perf_counter()
            file = fitted(task, size, number, of.tuned)
            took = time.perf_counter() - started
            print(f"{name}, {size}: training draw {number + 1}, {took:.0f} s", flush=True)
            if options.fit:
                continue
            known[of] = evaluate(read(file), judge, times, number)
            keep(options.kept, of, known[of])
        found.append((name, known[of]))
    return [] if options.fit else found


def show(title: str, draws: Draws, results: dict[str, Any]) -> None:
    """Print a table and keep its figures."""
    lines = told(draws)
    print(f"\n## {title}")
    for name, line in lines.items():
        print(f"{name:44} {line}", flush=True)
    results[title] = lines


if __name__ == "__main__":
    main()
