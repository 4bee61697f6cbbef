"""How far two ways are apart on dev: how often they differ, and how alike a group's differences are.

It says what a comparison will be able to show; nothing is chosen by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etude.approaches._base import Choice
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.parts import Part
from etude.metrics._base import Scores
from etude.statistics.summaries import intraclass_correlation

USUAL_DISCORDANCE = 0.1
"""Before dev has spoken: on one example in ten exactly one of two good candidates is right."""


@dataclass(frozen=True)
class Apart:
    """``discordance``: share of dev examples on which exactly one of two is right; for a score, the
    mean square of its difference, which is the same thing for right and wrong. ``correlation``: of
    the differences within a group; None where dev can't say."""

    discordance: float = USUAL_DISCORDANCE
    correlation: float | None = None


def between(
    judge: Judge, parts: Sequence[Part], mine: Sequence[Choice], theirs: Sequence[Choice]
) -> Apart | None:
    """Of two ways on the dev examples that both answered, part by part; None: unknown.

    One imagined disagreement and one agreement are added: none seen among a few dozen examples
    does not mean that there are none.
    """
    differences: list[float] = []
    groups: list[tuple[int, int]] = []
    for part, one, other in zip(parts, mine, theirs, strict=True):
        both = [
            row
            for row, (x, y) in enumerate(zip(one.dev_outputs, other.dev_outputs, strict=False))
            if x is not None and y is not None
        ]
        if not both:
            continue
        dev = part.dev.take(both)
        scores = [_each(judge, dev, choice, both) for choice in (one, other)]
        differences.extend((scores[0] - scores[1]).tolist())
        # An example that is dev in two parts is not a group of two.
        groups.extend((part.index, int(group)) for group in dev.groups)
    if not differences:
        return None
    found = np.array(differences)
    _, numbered = np.unique(np.array(groups), axis=0, return_inverse=True)
    return Apart(
        (float(np.square(found).sum()) + 1) / (len(found) + 2),
        intraclass_correlation(found, numbered.ravel()),
    )


def mean(found: Sequence[Apart]) -> Apart:
    """Over several pairs; what is usual where nothing is known."""
    if not found:
        return Apart()
    known = [one.correlation for one in found if one.correlation is not None]
    return Apart(
        float(np.mean([one.discordance for one in found])),
        float(np.mean(known)) if known else None,
    )


def _each(judge: Judge, dev: Examples, choice: Choice, rows: Sequence[int]) -> Scores:
    """The score of each of these dev rows, which ``dev`` holds alone."""
    shown = choice.dev_passages
    outputs = [choice.dev_outputs[row] for row in rows]
    passages = [shown[row] for row in rows] if shown else ()
    return judge.metric.each(judge.judged(dev, outputs, passages))
