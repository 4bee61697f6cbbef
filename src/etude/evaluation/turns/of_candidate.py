"""In which answers of a candidate turns are looked for, and which examples it could learn from.

With a holdout they are its answers to dev, and train is learned from; in cross-fitting its answers
out of fold, and every other example is; where dev is what is scored, its answers to that. What was
left out of a sample of dev was not asked.
"""

from __future__ import annotations

import numpy as np

from etude.approaches._base import Choice
from etude.evaluation.judging import Judge
from etude.evaluation.parts import Layout
from etude.evaluation.scorecard import Scored
from etude.evaluation.turns.turned import Asked, Pool, Turned, turned


def pool_of(judge: Judge, layout: Layout) -> Pool:
    """The examples to learn from."""
    if not layout.cross_fitting:
        return Pool(judge, layout.parts[0].train)
    every = layout.parts[0].fitted_on
    for part in layout.parts[1:]:
        every = every.join(part.fitted_on)
    _, first = np.unique(np.array(every.ids), return_index=True)
    return Pool(judge, every.take(np.sort(first)))


def of_candidate(layout: Layout, scored: Scored, choice: Choice, pool: Pool) -> Turned:
    """The candidate's turns.

    Args:
        layout: the comparison's parts.
        scored: its answers to what is scored.
        choice: its settings in the first part, with its answers to dev.
        pool: of the comparison.
    """
    judge, answers = scored.judge, scored.answers
    if layout.side != "holdout":
        asked = Asked(
            judge, scored.examples, answers.outputs, answers.failures, answers.passages, pool
        )
        return turned(asked, "dev" if layout.on_dev else "out-of-fold")
    dev, shown = layout.parts[0].dev, choice.dev_passages
    rows = [row for row, output in enumerate(choice.dev_outputs) if output is not None]
    found = turned(
        Asked(
            judge,
            dev.take(rows),
            tuple(choice.dev_outputs[row] for row in rows),
            (None,) * len(rows),
            tuple(shown[row] for row in rows) if shown else (),
            pool,
        ),
        "dev",
    )
    names = dict(zip(rows, found.names, strict=True))
    return Turned(found.record, tuple(names.get(row, ()) for row in range(len(dev))))
