"""The ladder on banking77: accuracy by rung, the verdict, and the time to it.

    python benchmarks/banking77.py                 all 10,003 training rows
    python benchmarks/banking77.py --shots 5       5 examples a label (seeded draw), 3 seeds
    python benchmarks/banking77.py --shots 10

The 3,080 test rows are the supplied holdout; every setting is chosen on a dev part of the
training rows, and the final fit is on all of them. Fine-tuning is then fitted with two more
seeds under the same settings, and the mean of the three is printed beside the verdict's.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import time
from pathlib import Path

import etude
from _data import ROOT, data_folder, rows, write_rows
from etude.cli.progress import progress
from etude.evaluation.parts import Layout
from etude.project import CompareOptions, Project
from etude.records.comparison import Comparison
from etude.workflow.check import prepare
from etude.workflow.entrants import entrant_called
from etude.workflow.layout import layout_of
from etude.workflow.stages import stages_for

TASK = """\
task: banking77
kind: classify
instructions: Read the bank customer's message and choose the one intent that it expresses.
data:
  examples: data/train.jsonl
  holdout: data/test.jsonl
  input: text
  target: label
  rights: CC BY 4.0
bar:
  metric: accuracy
  at_least: 0.90
  margin: 0.02
models: [builtin:minilm]
"""


def make_project(folder: Path, shots: int | None, draw: int) -> Path:
    source = data_folder("banking77")
    train = rows(source / "train.jsonl")
    if shots:
        random.Random(draw).shuffle(train)
        taken: dict[str, int] = {}
        few = []
        for row in train:
            if taken.get(row["label"], 0) < shots:
                taken[row["label"]] = taken.get(row["label"], 0) + 1
                few.append(row)
        train = few
    write_rows(folder / "data" / "train.jsonl", train)
    write_rows(folder / "data" / "test.jsonl", rows(source / "test.jsonl"))
    (folder / "etude.yaml").write_text(TASK, encoding="utf-8")
    return folder


def more_seeds(project: Project, comparison: Comparison, count: int) -> list[float]:
    """Holdout accuracy of fine-tuning under its chosen settings, for ``count`` seeds."""
    tuned = next((c for c in comparison.candidates if c.rung == "finetune"), None)
    if tuned is None:
        return []
    session = project._session
    prepared, _ = prepare(session)
    layout: Layout = layout_of(prepared, quick=False)
    stages = stages_for(session, comparison.task, comparison.dataset)
    entrant = entrant_called(session, tuned.name)
    first = comparison.seeds[tuned.name]
    part = layout.parts[0]
    choice, _ = stages.choose(entrant, part, first)
    values = []
    for seed in [first, *[s for s in range(count) if s != first][: count - 1]]:
        fitted = stages.fit(entrant, part, choice, seed, keep=seed == first)
        values.append(stages.metric_of(part.scored.targets, fitted.answers.outputs))
    return values


def show(comparison: Comparison, seconds: float, seeds: list[float]) -> None:
    print(
        f"\n{'rung':12} {'accuracy':>9}  {'95 % interval':>16} {'macro-F1':>9} "
        f"{'p50 ms':>7} {'texts/s':>8} {'fit s':>7}"
    )
    for c in comparison.candidates:
        if c.quality is None or c.latency is None:
            continue
        q = c.quality
        print(
            f"{c.rung:12} {100 * q.value:8.2f}%  {100 * q.low:6.2f} to {100 * q.high:5.2f}"
            f" {100 * c.secondary['macro_f1'].value:8.2f}% {c.latency.p50.value:7.1f}"
            f" {c.latency.batched_per_second or 0:8.0f} {c.fit_seconds:7.0f}"
        )
        print(f"{'':12} {c.settings}")
    if seeds:
        spread = ", ".join(f"{100 * v:.2f}" for v in seeds)
        print(f"finetune, {len(seeds)} seeds: mean {100 * statistics.mean(seeds):.2f} ({spread})")
    print(
        f"verdict: {comparison.verdict.decision}, {comparison.verdict.recommended}, "
        f"settled: {comparison.verdict.settled}"
    )
    print(comparison.verdict.sentence)
    for reason in comparison.verdict.reasons:
        print(f"  - {reason}")
    print(
        f"time to the verdict: {seconds:.0f} s in this call, "
        f"{comparison.seconds:.0f} s of work, on {comparison.machine.processor}, "
        f"{comparison.machine.cores} cores"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, help="examples a label; all where left out")
    parser.add_argument("--draw", type=int, default=0, help="seed of the draw of the shots")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--fresh", action="store_true", help="forget what was computed before")
    options = parser.parse_args()
    name = f"banking77-{options.shots or 'all'}-{options.draw}"
    folder = ROOT / "build" / "benchmarks" / name
    if options.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    project = etude.open(make_project(folder, options.shots, options.draw), progress(quiet=False))
    started = time.perf_counter()
    comparison = project.compare(CompareOptions(seeds=None if options.shots else 1))
    seconds = time.perf_counter() - started
    show(comparison, seconds, more_seeds(project, comparison, options.seeds))


if __name__ == "__main__":
    main()
