"""How long to fine-tune an encoder on a few hundred examples, and from which head.

    python benchmarks/epochs.py [--tasks multidogo-media …] [--sizes 100 300] [--draws 2] [--texts 600]

An encoder is trained on draws of so many examples, to the end of its plan, beginning with the quick
classifier's head as it was chosen or with one that is held firmly. After each epoch dev and so many
other texts are answered. Printed, on average over tasks and draws: how much of the other texts is right
after the epoch that each rule takes, and how many epochs are run for it. Seeds are 100 and up, so that
no draw is one of ``verdicts.py``'s; the tasks are not those that the verdict is judged on.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from _timing import say_load
from _verdict_fits import opened
from _verdict_tasks import TASKS, Pools, pools
from etude.approaches import _encoder_tuning as tuning
from etude.approaches._base import FitContext
from etude.approaches._search import even_within
from etude.approaches._tuned import new_classifier, plans, token_lists
from etude.approaches.probe import APPROACH as PROBE
from etude.approaches.probe import fit_head
from etude.data.examples import Examples
from etude.evaluation.parts import Part
from etude.training.classifier import Classifier, Judgement, train
from etude.workflow.entrants import entrants, open_models
from etude.workflow.layout import whole_part
from etude.workflow.stages import stages_for

FIRST_SEED = 100
ENDS = (0.05, 0.02, 0.01)
"""Mean losses of an epoch (nats) at which a training might stop."""


@dataclass(frozen=True)
class Epoch:
    """After one epoch: the mean training loss, dev's judgement, and the share of other texts."""

    loss: float
    dev: Judgement
    right: float


Taken = dict[str, list[tuple[float, int]]]
"""By rule: the share that is right after the epoch it takes, and the epochs that are run."""


def trained(part: Part, others: Examples, context: FitContext, head: dict[str, Any]) -> list[Epoch]:
    """One training to the end of the first plan, looked at after each epoch."""
    settings = replace(plans(len(part.train), "fp32")[0], learned=0.0, patience=99)
    rows, present = tuning.learned_rows(part.train, head, context)
    judges = [
        tuning.Judged(token_lists(asked.inputs, context), asked, present, context, "fp32")
        for asked in (part.dev, others)
    ]
    said: list[tuple[Judgement, float]] = []

    def judge(classifier: Classifier) -> Judgement:
        dev, other = (one(classifier) for one in judges)
        said.append((dev, other.value))
        return dev

    linear = fit_head(part.train, head, context)
    classifier = new_classifier(context, linear, present, settings)
    result = train(classifier, rows, settings, context.seed, judge=judge)
    losses = [report.loss for report in result.history]
    return [Epoch(loss, *one) for loss, one in zip(losses, said, strict=True)]


def last_even(epochs: Sequence[Epoch], dev: Examples) -> Epoch:
    """The last one that is as good as even with the best on dev."""
    best = max(epoch.dev.value for epoch in epochs)
    return [e for e in epochs if e.dev.value >= best - even_within(best, dev)][-1]


def take(way: str, epochs: list[Epoch], dev: Examples, taken: Taken) -> None:
    """What each rule comes to on one training."""
    by_dev = max(epochs, key=lambda epoch: (epoch.dev.value, -epoch.dev.log_loss))
    taken[f"{way}, the best on dev of all"].append((by_dev.right, len(epochs)))
    taken[f"{way}, the last that is even"].append((last_even(epochs, dev).right, len(epochs)))
    for end in ENDS:
        run = next((i for i, epoch in enumerate(epochs, 1) if epoch.loss < end), len(epochs))
        one = last_even(epochs[:run], dev)
        taken[f"{way}, of those until a loss of {end}"].append((one.right, run))


def one_draw(task: Pools, size: int, seed: int, texts: int, taken: Taken) -> None:
    """Both heads on one draw."""
    session, prepared = opened(task, random.Random(seed).sample(task.train, size), tuned=True)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    found = entrants(session, open_models(session), lambda _: None)
    entrant = next(one for one in found if one.approach.key == tuning.RUNG)
    part, rows = whole_part(prepared), task.truth[:texts]
    context = stages.context(entrant, 0, stages.root / ".etude" / "work")
    others = Examples(
        ids=tuple(map(str, range(len(rows)))),
        inputs=tuple(row["text"] for row in rows),
        targets=tuple(row["label"] for row in rows),
        groups=np.arange(len(rows), dtype=np.int64),
    )
    chosen = PROBE.choose(part.train, part.dev, context).settings
    for way, head in (("head as chosen", chosen), ("head held firmly", tuning.firm(chosen))):
        take(way, trained(part, others, context, head), part.dev, taken)


def show(title: str, taken: Taken) -> None:
    """A line a rule; what it gains on the first, with two standard errors over trainings."""
    print(f"\n## {title}")
    first = np.array(next(iter(taken.values())))[:, 0]
    for rule, found in taken.items():
        right, run = np.array(found).T
        gained = right - first
        error = gained.std(ddof=1) / len(gained) ** 0.5 if len(gained) > 1 else float("nan")
        print(
            f"{rule:50} {100 * right.mean():5.1f} % ({100 * gained.mean():+.1f} +/- "
            f"{200 * error:.1f}), {run.mean():4.1f} epochs",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    usual = [f"multidogo-{name}" for name in ("media", "finance", "software", "fastfood")]
    parser.add_argument("--tasks", nargs="+", default=usual, choices=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 300])
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--texts", type=int, default=600, help="other texts that are answered")
    asked = parser.parse_args()
    say_load()
    for size in asked.sizes:
        taken: Taken = defaultdict(list)
        for name in asked.tasks:
            task = pools(name)
            for number in range(asked.draws):
                one_draw(task, size, FIRST_SEED + number, asked.texts, taken)
        show(f"{size} examples, {len(asked.tasks)} tasks, {asked.draws} draws each", taken)


if __name__ == "__main__":
    main()
