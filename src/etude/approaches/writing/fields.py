"""How sure a model is of each field of a record that it wrote.

By the same signs as of the whole record: how likely the field's own tokens were, and whether the model
says the same when it is asked again (``agreeing``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import WEIGHT_OF_AGREEMENT
from etude.jsonshape import NotJson, read_json
from etude.metrics._fields import alike
from etude.models._base import Completion


def field_scores(
    said: Sequence[Completion], others: Sequence[Sequence[Completion]], names: Sequence[str]
) -> NDArray[np.float64] | None:
    """From 0 to 1 for each field of each answer (N, F): the probability of its least sure token, joined
    with how often the other answers give it the same value.

    NaN where nothing is known, where the field is not there, and for an answer that is none; None where
    all are NaN.

    Args:
        said: the answers.
        others: what was said when each was asked again; () where nothing was.
        names: of the fields.
    """
    if not names:
        return None
    found_NF = np.full((len(said), len(names)), np.nan)
    for row, answer in enumerate(said):
        record = _record(answer) or {}
        likely = _likely(answer)
        again = [_record(one) for one in others[row]] if others else []
        for place, name in enumerate(names):
            if name in record:
                agreement = _agreement(name, record[name], again)
                found_NF[row, place] = _joined(likely.get(name, math.nan), agreement)
    return None if np.isnan(found_NF).all() else found_NF


def _record(answer: Completion) -> dict[str, Any] | None:
    """The fields that it has; None where it is no record."""
    if answer.failure is not None or answer.text is None:
        return None
    try:
        value = read_json(answer.text)
    except NotJson:
        return None
    return value if isinstance(value, dict) else None


def _likely(answer: Completion) -> dict[str, float]:
    """The probability of each field's least sure token, as far as it is known."""
    logs = answer.likelihood.fields if answer.likelihood is not None else None
    return {name: math.exp(log) for name, log in logs or ()}


def _agreement(name: str, value: Any, others: Sequence[dict[str, Any] | None]) -> float:
    """The share of the others whose field is the same; an asking that came to nothing agrees with
    nothing, not with an empty field either. NaN where nothing was asked again."""
    if not others:
        return math.nan
    same = [other is not None and alike(value, other.get(name)) for other in others]
    return float(np.mean(same))


def _joined(likely: float, agreement: float) -> float:
    """Weighed as in the score of a whole answer."""
    if math.isnan(likely) or math.isnan(agreement):
        return agreement if math.isnan(likely) else likely
    return WEIGHT_OF_AGREEMENT * agreement + (1 - WEIGHT_OF_AGREEMENT) * likely
