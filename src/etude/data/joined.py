"""Answers of several parts as one, whatever each of them has beside its outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Answers of several parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    lists = [part.probabilities_NL for part in parts]
    known = [rows for rows in lists if rows is not None]
    names = tuple(dict.fromkeys(name for part in parts for name in part.fields))
    return Answers(
        outputs=tuple(output for part in parts for output in part.outputs),
        probabilities_NL=np.concatenate(known) if len(known) == len(parts) else None,
        failures=tuple(failure for part in parts for failure in part.failures),
        seconds=np.concatenate([part.seconds for part in parts]),
        tokens_in=np.concatenate([part.tokens_in for part in parts]),
        tokens_out=np.concatenate([part.tokens_out for part in parts]),
        evidence=_joined([part.evidence for part in parts], parts),
        passages=_joined([part.passages for part in parts], parts),
        likelihood=_joined_numbers([part.likelihood for part in parts], parts),
        agreement=_joined_numbers([part.agreement for part in parts], parts),
        fields_NF=_joined_fields(parts, names) if names else None,
        fields=names,
    )


def _joined_numbers(
    columns: Sequence[NDArray[np.float64] | None], parts: Sequence[Answers]
) -> NDArray[np.float64] | None:
    """NaN for the answers of a part that has none; None where none has."""
    if all(column is None for column in columns):
        return None
    return np.concatenate(
        [
            np.full(len(part), np.nan) if column is None else column
            for column, part in zip(columns, parts, strict=True)
        ]
    )


def _joined_fields(parts: Sequence[Answers], names: Sequence[str]) -> NDArray[np.float64]:
    """By name: NaN for the answers of a part that knows nothing of a field."""
    return np.column_stack(
        [np.concatenate([part.field_score(name) for part in parts]) for name in names]
    )


def _joined(
    shown: Sequence[tuple[tuple[str, ...], ...]], parts: Sequence[Answers]
) -> tuple[tuple[str, ...], ...]:
    """A tuple an answer, empty for those of a part that showed nothing; () where none did."""
    if not any(shown):
        return ()
    return tuple(
        one for own, part in zip(shown, parts, strict=True) for one in own or ((),) * len(part)
    )
