"""Answers as a table: what a candidate returned for N inputs, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

WEIGHT_OF_AGREEMENT = 0.7
"""In a score of agreement and likelihood."""


@dataclass(frozen=True)
class Answers:
    """Columns of length N; ``L`` is the number of labels, ``F`` of a record's fields.

    A failure (endpoint error, refusal, an answer outside the contract) has ``outputs[i]`` None and
    a word in ``failures[i]``: it counts as wrong and is never dropped.
    """

    outputs: tuple[str | None, ...]
    probabilities_NL: NDArray[np.float32] | None
    """Rows sum to 1 over the labels in the task's order; None where the model gives none."""
    failures: tuple[str | None, ...]
    seconds: NDArray[np.float64]
    """Seconds spent on each; a batch's time is shared out evenly. NaN where not measured."""
    tokens_in: NDArray[np.int64]
    tokens_out: NDArray[np.int64]
    evidence: tuple[tuple[str, ...], ...] = ()
    """What each answer was shown: ids of examples and passages; empty where nothing was looked
    up."""
    passages: tuple[tuple[str, ...], ...] = ()
    """The texts of the passages that each answer was shown: what it may say besides its input.
    Empty where none was."""
    likelihood: NDArray[np.float64] | None = None
    """How likely the model held what it wrote, from 0 to 1 (N,), NaN where unknown; None where no
    model tells. It ranks answers; it is no probability of being right."""
    agreement: NDArray[np.float64] | None = None
    """How far what the model said when it was asked again agrees with the answer, from 0 to 1 (N,), NaN
    where it was not asked; None where nothing was asked again."""
    fields_NF: NDArray[np.float64] | None = None
    """The score of each field of a record, as ``score`` is of the whole: NaN for a field that is not
    there or of which nothing is known; None where that is so of all."""
    fields: tuple[str, ...] = ()
    """Names of the columns of ``fields_NF``."""

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of the answered label; NaN where there are no probabilities."""
        if self.probabilities_NL is None:
            return np.full(len(self), np.nan)
        return np.asarray(self.probabilities_NL.max(axis=1), dtype=np.float64)

    @property
    def score(self) -> NDArray[np.float64]:
        """What answers are ranked by, from 0 to 1: the probability of the label, else the
        likelihood of what was written and how far the model agrees with itself, as far as they are
        known; NaN for a failure and where nothing is.

        The weights are those of Chen & Mueller (2024), ACL, for consistency beside a model's own word
        for how sure it is.
        """
        failed = np.array([output is None for output in self.outputs], dtype=np.bool_)
        known = self.confidence if self.probabilities_NL is not None else self.likelihood
        if known is None:
            known = np.full(len(self), np.nan)
        if self.agreement is not None:
            both = WEIGHT_OF_AGREEMENT * self.agreement + (1 - WEIGHT_OF_AGREEMENT) * known
            known = np.where(np.isnan(known), self.agreement, both)
        return np.where(failed, np.nan, np.clip(known, 0, 1))

    def field_score(self, name: str) -> NDArray[np.float64]:
        """The column of ``fields_NF`` that is called so (N,); NaN where there is none."""
        if self.fields_NF is None or name not in self.fields:
            return np.full(len(self), np.nan)
        return self.fields_NF[:, self.fields.index(name)]

    @classmethod
    def from_probabilities(
        cls,
        probabilities_NL: NDArray[np.float32],
        labels: Sequence[str],
        seconds: float,
        tokens_in: Sequence[int] | NDArray[np.int64],
    ) -> Answers:
        """The most probable label of each row; ties go to the label that stands first."""
        count = len(probabilities_NL)
        best = probabilities_NL.argmax(axis=1) if count else []
        return cls(
            outputs=tuple(labels[int(i)] for i in best),
            probabilities_NL=np.asarray(probabilities_NL, dtype=np.float32),
            failures=(None,) * count,
            seconds=np.full(count, seconds / max(count, 1)),
            tokens_in=np.asarray(tokens_in, dtype=np.int64),
            tokens_out=np.zeros(count, dtype=np.int64),
        )

    def to_frame(self, ids: Sequence[str]) -> pl.DataFrame:
        """A table with the examples' ids; ``probabilities`` is a list column (null if none). Where the
        scores of fields are known, ``fields`` has them by name."""
        rows = None if self.probabilities_NL is None else self.probabilities_NL.tolist()
        frame = pl.DataFrame(
            {
                "id": list(ids),
                "output": list(self.outputs),
                "probabilities": rows if rows is not None else [None] * len(self),
                "failure": list(self.failures),
                "seconds": self.seconds,
                "tokens_in": self.tokens_in,
                "tokens_out": self.tokens_out,
                "evidence": [list(shown) for shown in self.evidence] or [None] * len(self),
                "passages": [list(shown) for shown in self.passages] or [None] * len(self),
                "likelihood": [None] * len(self) if self.likelihood is None else self.likelihood,
                "agreement": [None] * len(self) if self.agreement is None else self.agreement,
            },
            schema_overrides={
                "evidence": pl.List(pl.String),
                "passages": pl.List(pl.String),
                "likelihood": pl.Float64,
                "agreement": pl.Float64,
                "output": pl.String,
                "failure": pl.String,
                "probabilities": pl.List(pl.Float32),
            },
        )
        if self.fields_NF is None:
            return frame
        columns = [pl.Series(name, self.field_score(name)) for name in self.fields]
        return frame.with_columns(pl.struct(columns).alias("fields"))

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Answers:
        """From the table that ``to_frame`` made, an older one too."""
        lists = frame["probabilities"].to_list()
        fields = frame["fields"].struct.unnest() if "fields" in frame.columns else None
        known = bool(lists) and all(row is not None for row in lists)
        return cls(
            outputs=tuple(frame["output"].to_list()),
            probabilities_NL=np.array(lists, dtype=np.float32) if known else None,
            failures=tuple(frame["failure"].to_list()),
            seconds=frame["seconds"].to_numpy(),
            tokens_in=frame["tokens_in"].to_numpy(),
            tokens_out=frame["tokens_out"].to_numpy(),
            evidence=_shown(frame["evidence"]),
            passages=_shown(frame["passages"]),
            likelihood=_numbers(frame["likelihood"]),
            agreement=_numbers(frame["agreement"]) if "agreement" in frame.columns else None,
            fields_NF=None if fields is None else fields.to_numpy().astype(np.float64),
            fields=() if fields is None else tuple(fields.columns),
        )


def _shown(column: pl.Series) -> tuple[tuple[str, ...], ...]:
    """A tuple an answer; () where nothing is known of them."""
    rows = column.to_list()
    known = bool(rows) and all(row is not None for row in rows)
    return tuple(map(tuple, rows)) if known else ()


def _numbers(column: pl.Series) -> NDArray[np.float64] | None:
    """None where nothing is known of them; NaN where of one."""
    if column.null_count() == len(column):
        return None
    return column.fill_null(np.nan).to_numpy().astype(np.float64)
