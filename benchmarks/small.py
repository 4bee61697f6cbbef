"""Do cross-fitted intervals on 300 examples cover what the large rest says is true?

    python benchmarks/small.py [--draws 30] [--rows 300] [--sets trec6 snips] [--finetune 0]

Each draw takes ``--rows`` rows at random, climbs the ladder by cross-fitting as a project would,
and fits each finalist on all of them. Its accuracy on the large rest (up to 3,000 rows) is the
truth that the interval, and the interval of every pair's difference, should cover; the verdict
should lose no more than the margin against the true best.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import etude
from _data import ROOT, data_folder, rows, write_rows
from etude.evaluation.finalists import choose_finalists
from etude.evaluation.scoring import score
from etude.statistics.proportions import wilson
from etude.verdict.decide import Circumstances, decide
from etude.workflow.check import prepare
from etude.workflow.compare import embed_all
from etude.workflow.entrants import entrants, open_models
from etude.workflow.layout import layout_of, whole_part
from etude.workflow.stages import stages_for

TASK = """\
task: {name}
kind: classify
data: {{examples: data/rows.jsonl, input: text, target: label}}
bar: {{metric: accuracy, margin: 0.02}}
models: [builtin:minilm]
ladder: [{ladder}]
"""
REST = 3000


@dataclass
class Tally:
    single: list[bool] = field(default_factory=list)
    joint: list[bool] = field(default_factory=list)
    pairs: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)


def one_draw(name: str, draw: int, count: int, ladder: list[str], tally: Tally) -> None:
    everything = rows(data_folder(name) / "train.jsonl")
    random.Random(draw).shuffle(everything)
    taken, rest = everything[:count], everything[count : count + REST]
    folder = ROOT / "build" / "benchmarks" / f"small-{name}"
    for left in (
        ".etude/versions",
        ".etude/etude.db",
        ".etude/etude.db-wal",
        ".etude/etude.db-shm",
    ):
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    write_rows(folder / "data" / "rows.jsonl", taken)
    (folder / "etude.yaml").write_text(TASK.format(name=name, ladder=", ".join(ladder)))
    session = etude.open(folder)._session
    prepared, _ = prepare(session)
    layout = layout_of(prepared, quick=False)
    taking_part = entrants(session, open_models(session), lambda _: None)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    embed_all(session, layout, taking_part)
    found = choose_finalists(stages, layout, taking_part)
    scores = score(stages, layout, found, timed=False)
    truth = {}
    whole = whole_part(prepared)
    for attempt in found.finalists:
        entrant = attempt.entrant
        choice, _ = stages.choose(entrant, whole, 0)
        context = stages.context(entrant, 0, Path(folder) / ".etude" / "work")
        candidate = entrant.approach.fit(whole.fitted_on, choice, context)
        answers = candidate.answer([row["text"] for row in rest], entrant.embeddings)
        truth[entrant.name] = stages.metric_of([row["label"] for row in rest], answers.outputs)
    count_draw(stages.task, scores, truth, tally)


def count_draw(task, scores, truth: dict[str, float], tally: Tally) -> None:  # type: ignore[no-untyped-def]
    for card in scores.cards:
        q = card.report.quality
        tally.single.append(q.low <= truth[card.report.name] <= q.high)
        tally.widths.append(q.high - q.low)
    covered = []
    for pair in scores.pairs:
        gap = truth[pair.b] - truth[pair.a]
        covered.append(pair.difference.low <= gap <= pair.difference.high)
    tally.pairs += covered
    tally.joint.append(all(covered))
    reports = [card.report for card in scores.cards]
    verdict = decide(task, reports, scores.pairs, Circumstances())
    tally.decisions[verdict.decision] += 1
    tally.losses.append(max(truth.values()) - truth[verdict.recommended or reports[0].name])


def share(hits: list[bool]) -> str:
    interval = wilson(sum(hits), len(hits))
    return (
        f"{100 * np.mean(hits):5.1f} % ({100 * interval.low:.1f} to "
        f"{100 * interval.high:.1f}, n={len(hits)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--sets", nargs="+", default=["trec6", "snips"])
    parser.add_argument("--finetune", type=int, default=0, help="of the draws, with fine-tuning")
    options = parser.parse_args()
    for name in options.sets:
        tally = Tally()
        for draw in range(options.draws):
            ladder = ["prompt", "few_shot", "retrieval", "probe"]
            ladder += ["finetune"] if draw < options.finetune else []
            one_draw(name, draw, options.rows, ladder, tally)
            print(f"\r{name}: draw {draw + 1} of {options.draws}", end="", flush=True)
        print(
            f"\r{name}, {options.rows} rows, {options.draws} draws (seeds 0 to "
            f"{options.draws - 1}), {options.finetune} with fine-tuning"
        )
        print(
            f"  accuracy intervals that cover (95 % stated): {share(tally.single)}, "
            f"mean width {100 * np.mean(tally.widths):.1f} points"
        )
        print(f"  difference intervals that cover, each pair:  {share(tally.pairs)}")
        print(f"  draws in which all of them cover (95 %):     {share(tally.joint)}")
        losses = 100 * np.array(tally.losses)
        print(
            f"  loss of the pick against the true best: mean {losses.mean():.1f}, largest "
            f"{losses.max():.1f} points; over the margin in {100 * np.mean(losses > 2):.0f} %"
        )
        print(f"  verdicts: {dict(tally.decisions)}")


if __name__ == "__main__":
    main()
