"""Whether a model agrees with itself: it is asked the same again, freely, and its answers are compared.

What it says each time alike it is mostly right about; what changes from one asking to the next it made
up (Manakul et al. 2023, https://arxiv.org/abs/2303.08896; Chen & Mueller 2024, ACL, for scores of
whole answers). Every asking costs what an answer costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

from etude.jsonshape import NotJson, read_json
from etude.metrics._fields import hits, leaves
from etude.models._base import ChatRequest, Completion
from etude.records.task import Kind

TEMPERATURE = 0.7
"""Of the askings: free enough that a model which does not know says something else."""


def again(request: ChatRequest, times: int) -> list[ChatRequest]:
    """The same request, asked freely ``times`` more times."""
    return [
        replace(request, temperature=TEMPERATURE, asking=asking) for asking in range(1, times + 1)
    ]


def agreements(
    said: Sequence[Completion], others: Sequence[Sequence[Completion]], kind: Kind
) -> NDArray[np.float64]:
    """How far what else was said agrees with each answer, from 0 to 1 (N,): the mean over its askings.

    An asking that came to nothing agrees with nothing. NaN for a failed answer, and where nothing else
    was asked.

    Args:
        said: the answers.
        others: what was said when each was asked again.
        kind: of the task: labels and JSON are compared by value, texts by their wording.
    """
    found = np.full(len(said), np.nan)
    for row, (answer, more) in enumerate(zip(said, others, strict=True)):
        if answer.failure is None and answer.text is not None and more:
            found[row] = np.mean([_alike(answer.text, one, kind) for one in more])
    return found


def _alike(answer: str, other: Completion, kind: Kind) -> float:
    if other.failure is not None or other.text is None:
        return 0.0
    if kind == "classify":
        return float(answer.strip() == other.text.strip())
    if kind == "extract":
        return _values_alike(answer, other.text)
    return float(_CHRF.sentence_score(other.text, [answer]).score) / 100


_CHRF = CHRF(word_order=2, eps_smoothing=True)


def _values_alike(answer: str, other: str) -> float:
    """The F1 of the values of one JSON text in another; 0 where one is none."""
    one, two = _value(answer), _value(other)
    if one is None or two is None:
        return 0.0
    count = leaves(one) + leaves(two)
    return 2 * hits(one, two) / count if count else 1.0


def _value(text: str) -> Any:
    try:
        return read_json(text)
    except NotJson:
        return None


def together(
    said: Sequence[Completion], others: Sequence[Sequence[Completion]]
) -> list[Completion]:
    """The answers with what all askings took: their tokens, and the time of the longest, for they are
    made at once."""
    return [
        replace(
            answer,
            tokens_in=answer.tokens_in + sum(one.tokens_in for one in more),
            tokens_out=answer.tokens_out + sum(one.tokens_out for one in more),
            seconds=answer.seconds + max((one.seconds for one in more), default=0.0),
        )
        for answer, more in zip(said, others, strict=True)
    ]
