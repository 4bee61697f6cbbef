"""Scores by what somebody who read the answers said: intervals and pairs on what was read.

Only rows on which every candidate was read count, so that all are measured on the same. What a model
said is put right for how often it errs, where people's labels tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.evaluation.pairs import compare_pairs
from etude.evaluation.scorecard import Scored, quality
from etude.evaluation.scoring import Scores
from etude.metrics import metric
from etude.metrics._base import Judged
from etude.records.candidate import Quality
from etude.records.estimate import Estimate
from etude.records.verdict import Pair
from etude.statistics.agreement import YesNo
from etude.statistics.calls import call_pair
from etude.statistics.crossfit import shared_training_factor
from etude.statistics.intervals import Interval
from etude.statistics.misclassification import sharpness, true_difference, true_share
from etude.statistics.proportions import effective_size


@dataclass(frozen=True)
class Read(Scored):
    """Answers that somebody read: ``examples`` and ``answers`` are those alone."""

    key: str
    """The metric that their word makes."""
    criteria_NC: NDArray[np.int8] | None = None

    @cached_property
    def judged(self) -> Judged:
        """The answers beside what was said of them."""
        return Judged(self.examples.targets, self.answers.outputs, criteria_NC=self.criteria_NC)

    @cached_property
    def right_N(self) -> NDArray[np.float64]:
        """1 where the reader found the answer good (N,)."""
        return self.items(metric(self.key))


def by_model(
    scores: Scores, said: Mapping[str, NDArray[np.int8]], margin: float, errs: YesNo | None
) -> tuple[dict[str, Quality], tuple[Pair, ...]]:
    """Quality by candidate and all pairs, on what a model said.

    Args:
        scores: the cards, lowest rung first.
        said: by candidate, (N, C) as ``model_judge.read`` gives it.
        margin: the smallest gain worth having.
        errs: the model beside a person, to put its mistakes right by; None leaves them in.
    """
    measured = np.all([(table != -1).all(axis=1) for table in said.values()], axis=0)
    rows = np.flatnonzero(measured)
    cards = {
        card.report.name: _taken(card.scored, rows, said[card.report.name][rows])
        for card in scores.cards
    }
    seen = {name: quality(card, "judge") for name, card in cards.items()}
    if errs is None:
        return seen, compare_pairs(cards, "judge", margin)
    comparisons = max(1, math.comb(len(cards), 2))
    sharp = sharpness(errs, comparisons=comparisons)
    assert sharp is not None
    # A difference shrinks in the judge's eyes, and so does the smallest that matters.
    pairs = compare_pairs(cards, "judge", margin * sharp.point)
    right = {name: _put_right(card, seen[name], errs) for name, card in cards.items()}
    return right, tuple(_pair_put_right(pair, sharp, margin) for pair in pairs)


def _taken(scored: Scored, rows: NDArray[np.int64], criteria_NC: NDArray[np.int8]) -> Read:
    return Read(
        scored.examples.take(rows.tolist()),
        _answers(scored.answers, rows),
        scored.judge,
        None if scored.folds is None else scored.folds[rows],
        "judge",
        criteria_NC,
    )


def _answers(answers: Answers, rows: NDArray[np.int64]) -> Answers:
    def some(values: Sequence[str | None]) -> tuple[str | None, ...]:
        return tuple(values[row] for row in rows)

    return Answers(
        outputs=some(answers.outputs),
        probabilities_NL=None,
        failures=some(answers.failures),
        seconds=answers.seconds[rows],
        tokens_in=answers.tokens_in[rows],
        tokens_out=answers.tokens_out[rows],
    )


def _put_right(card: Read, seen: Quality, errs: YesNo) -> Quality:
    size = effective_size(card.right_N, card.examples.groups)
    size /= shared_training_factor(card.folds, len(card.examples))
    found = true_share(seen.value, size, errs, seen.level)
    folds = ", cross-fitted" if card.folds is not None else ""
    return seen.model_copy(
        update={
            "value": found.point,
            "low": found.low,
            "high": found.high,
            "method": f"Rogan–Gladen, Lang–Reiczigel{folds}",
        }
    )


def _pair_put_right(pair: Pair, sharp: Interval, margin: float) -> Pair:
    d = pair.difference
    found = true_difference(Interval(d.low, d.high, d.value, d.level), sharp)
    call = call_pair(found, margin)
    settled = call.call.value != "cant_tell"
    return pair.model_copy(
        update={
            "difference": Estimate(
                value=found.point,
                low=found.low,
                high=found.high,
                level=d.level,
                method=f"{d.method}, MOVER-R",
            ),
            "call": call.call.value,
            "worth_it": call.worth_it,
            "more_examples": _still(pair.more_examples, settled),
        }
    )


def _still(more: float | None, settled: bool) -> float | None:
    """Of a pair that its own doubt may have opened again: nobody knows then how many would do."""
    if settled:
        return None
    return math.inf if more is None else more


def replaced(scores: Scores, found: Mapping[str, Quality], pairs: tuple[Pair, ...]) -> Scores:
    """The scores with this quality and these pairs in the place of what was counted, which is shown
    beside it from now on."""
    cards = []
    for card in scores.cards:
        counted = card.report.quality
        beside = {counted.metric: counted} if counted is not None else {}
        update = {
            "quality": found.get(card.report.name),
            "secondary": {**beside, **card.report.secondary},
        }
        cards.append(replace(card, report=card.report.model_copy(update=update)))
    return replace(scores, cards=tuple(cards), pairs=pairs)


def beside(scores: Scores, key: str, found: Mapping[str, Quality]) -> Scores:
    """The scores with one more metric beside what decides."""
    cards = [
        replace(
            card,
            report=card.report.model_copy(
                update={"secondary": {**card.report.secondary, key: found[card.report.name]}}
            ),
        )
        for card in scores.cards
    ]
    return replace(scores, cards=tuple(cards))
