"""What an audit is: a look at all examples for one sort of fault, with the rows that have it.

An audit is one file in this folder with ``AUDIT: Audit``. It reads ``Material`` and changes nothing;
what is done about a finding is a person's to decide. It knows no folders, screens or reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.progress import Progress, Silent
from etude.records.dataset import Finding, Repair, Severity
from etude.records.task import Kind, Task

HITS = {
    "id": pl.String,
    "field": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "evidence": pl.String,
    "other": pl.String,
    "proposal": pl.String,
    "score": pl.Float64,
}
"""One row a place that a finding is about. ``id``: the example. ``field``: ``input``, ``target`` or
``context``; "" for the whole row. ``start``, ``end``: characters of the field, null for all of it.
``evidence``: what was found there, at most ``LONGEST`` characters, in plain words or quoted.
``other``: the id of another row that it concerns, null where none does. ``proposal``: what would
stand there instead (of the marked part, or of the field; a label for ``relabel``); null where nothing
is proposed. ``score``: 0 to 1, how sure; rows are looked through in its order."""

LONGEST = 200
"""Characters of ``evidence``."""
NAMED = 20
"""Ids that a finding itself names; all are in its hits."""

AN_EXAMPLE = 2.0
"""Minutes of a person's time to find or write an example with its right answer."""
A_LOOK = 5.0
"""Minutes to look at a few rows or results and decide."""
A_CHANGE = 10.0
"""Minutes to change instructions, or a line of a program."""
_LEAST = 0.1
"""Minutes of the smallest thing to do."""

Needs = Literal["rows", "encoder", "predictions"]


@dataclass(frozen=True)
class Predictions:
    """Out-of-fold answers of a quick classifier: each row's are of a fit that has not seen its group.

    ``probabilities_NL`` has a row an example in the frame's order (NaN where it was never scored),
    a column a label in the order of ``labels``.
    """

    labels: tuple[str, ...]
    probabilities_NL: NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """What audits read. Nothing here is computed twice: whoever makes it remembers.

    ``frame``: canonical rows sorted by id, with columns ``id``, ``input``, ``target``, ``group`` (an
    integer), ``context`` (null where there is none), ``source``, ``line``, ``cells`` and ``meta``
    (a person's own columns as JSON text, or null), ``side`` (train, dev, holdout, left_out; all) and
    ``fold``. Inputs of kind ``chat`` are read with ``etude.data.conversations``.
    ``embed``: texts to unit rows (n, dim), remembered by text; None: no encoder is at hand.
    ``predict``: out-of-fold answers, for labelled tasks; None: not to be had.
    ``window``: tokens that the model which writes can read; None: none is named, or it is not known.
    ``tokens``: (n,) tokens of texts by that model; None: its tokenizer is not at hand.
    """

    task: Task
    frame: pl.DataFrame
    labels: tuple[str, ...] = ()
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
    predict: Callable[[], Predictions] | None = None
    tokens: Callable[[Sequence[str]], NDArray[np.int64]] | None = None
    window: int | None = None
    knowledge: Sequence[str] = ()
    """Passages of ``data.knowledge``: what is said there is no invention."""
    traffic: Sequence[str] = ()
    """Real inputs from a log, where a person gave one."""
    progress: Progress = field(default_factory=Silent)

    def texts(self, name: str) -> list[str]:
        """A column as text, "" where a row has none."""
        return self.frame[name].fill_null("").to_list()


@dataclass(frozen=True)
class Found:
    """A finding and all its places; ``hits`` has the columns of ``HITS``, the surest first."""

    finding: Finding
    hits: pl.DataFrame


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Audit:
    """``run`` yields what is found, or nothing. ``needs``: the dearest thing that it reads; audits
    that need what is not at hand are named as not run, never passed over."""

    title: str
    """What it looks for, in plain words: "copies and near copies"."""
    kinds: frozenset[Kind]
    needs: Needs
    run: Callable[[Material], Iterable[Found]]
    state: Callable[[], str] = _nothing
    """Names what findings hang on besides the material and the audits' own code: where it is another,
    what was found earlier counts no more."""
    unlooked: Callable[[], Iterable[tuple[str, str]]] = tuple
    """What it can't look for on this machine, each in words with the reason and what to type."""


EVERY: frozenset[Kind] = frozenset({"classify", "extract", "write", "rewrite", "chat", "image"})
LABELLED: frozenset[Kind] = frozenset({"classify", "image"})
WRITTEN: frozenset[Kind] = frozenset({"write", "rewrite", "chat"})
TEXTS: frozenset[Kind] = EVERY - LABELLED
"""Kinds whose targets are texts, JSON among them."""


def found(
    audit: str,
    code: str,
    severity: Severity,
    sentence: str,
    hits: pl.DataFrame,
    *,
    costs: str,
    repair: Repair,
    seconds_each: float = 0.0,
    minutes: float | None = None,
) -> Found:
    """A finding with its places, sorted by score (unsure last, then by id).

    The times are estimates of ours for somebody who knows the work, not measurements.

    Args:
        audit: the key of the audit.
        code: what was found, stable for baselines and scripts.
        severity: ``error``: the result can't be trusted or must not be used; ``warning``: quality
            suffers; ``note``: good to know.
        sentence: with counts, for people.
        hits: columns of ``HITS``; missing ones are null.
        costs: what it costs to leave it.
        repair: what would mend it, or what to do where nothing is at fault.
        seconds_each: a person's time for one row.
        minutes: a person's time for the whole, where it is not one row after the other.
    """
    full = whole(hits)
    rows = full["id"].unique(maintain_order=True)
    if minutes is None:
        minutes = len(rows) * seconds_each / 60
    return Found(
        Finding(
            code=code,
            severity=severity,
            sentence=sentence,
            rows=tuple(rows.head(NAMED).to_list()),
            count=len(rows),
            audit=audit,
            costs=costs,
            repair=repair,
            minutes=max(_LEAST, round(minutes, 1)),
        ),
        full,
    )


def whole(hits: pl.DataFrame) -> pl.DataFrame:
    """Hits with every column of ``HITS``, evidence cut to size, the surest first."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in HITS.items() if name not in hits]
    return (
        hits.with_columns(missing)
        .with_columns(pl.col("field").fill_null(""), pl.col("evidence").str.slice(0, LONGEST))
        .select(pl.col(name).cast(kind) for name, kind in HITS.items())
        .sort("score", "id", "start", descending=[True, False, False], nulls_last=True)
    )


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """``1 example``, ``2,000 examples``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
