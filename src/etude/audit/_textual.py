"""A field as people read it, and places in it: what audits of wording share.

It knows conversations (their words are read, not the JSON around them) and offsets; it knows nothing
of faults. Texts are sieved with Rust's regexes over the whole column, and only what is left is looked
at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import polars as pl

from etude.audit._base import EVERY, HITS, Material
from etude.data.conversations import flat, turns_of
from etude.records.task import Kind, Task

WORDED: frozenset[Kind] = EVERY - {"image"}
"""Kinds whose inputs are words."""
_AROUND = 25
"""Characters that evidence shows on either side of a place."""


class Place(NamedTuple):
    """Characters ``start`` to ``end`` of a text, what a person is shown of them, and what would stand
    there instead. None for both: the whole field."""

    start: int | None
    end: int | None
    evidence: str
    proposal: str | None = None
    score: float | None = None
    other: str | None = None


Finder = Callable[[str], Iterable[Place]]


def fields(task: Task) -> tuple[str, ...]:
    """The fields that hold a person's words: labels and paths of pictures do not."""
    if task.kind == "image":
        return ()
    return ("input",) if task.kind == "classify" else ("input", "target")


def read(material: Material, field: str) -> pl.DataFrame:
    """``id`` and ``text`` of every row; a conversation is its messages, a line each, so that only
    offsets into other texts point into the field itself (``exact``)."""
    texts = material.frame.select("id", pl.col(field).fill_null("").alias("text"))
    if exact(material, field):
        return texts
    spoken = texts["text"].str.starts_with("[")
    if not spoken.any():
        return texts
    flattened = [
        flat(turns_of(text)) if is_list else text
        for text, is_list in zip(texts["text"].to_list(), spoken.to_list(), strict=True)
    ]
    return texts.with_columns(pl.Series("text", flattened, pl.String))


def exact(material: Material, field: str) -> bool:
    """Whether offsets into the text that ``read`` gives are offsets into the field."""
    return not (material.task.kind == "chat" and field == "input")


def places(rows: pl.DataFrame, field: str, finder: Finder, *, offsets: bool = True) -> pl.DataFrame:
    """The places that ``finder`` sees in each row's text, as hits.

    Args:
        rows: ``id`` and ``text``; sieve them first.
        field: where the texts stand.
        finder: the places in one text.
        offsets: False where offsets into the text are not offsets into the field.
    """
    ids: list[str] = []
    found: list[Place] = []
    for name, text in rows.select("id", "text").iter_rows():
        for place in finder(text):
            ids.append(name)
            found.append(place)
    columns = dict(zip(Place._fields, zip(*found, strict=True), strict=True)) if found else {}
    frame = pl.DataFrame(
        {"id": ids, "field": [field] * len(ids)}
        | {name: list(columns.get(name, ())) for name in Place._fields},
        schema={name: HITS[name] for name in ("id", "field", *Place._fields)},
    )
    return frame if offsets else unplaced(frame)


def unplaced(hits: pl.DataFrame) -> pl.DataFrame:
    """Hits of a field as a whole: what would be replaced in it can't be said either."""
    null = pl.lit(None)
    return hits.with_columns(
        null.cast(pl.Int64).alias("start"),
        null.cast(pl.Int64).alias("end"),
        null.cast(pl.String).alias("proposal"),
    )


def none() -> pl.DataFrame:
    """No hits."""
    return pl.DataFrame(schema=HITS)


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The hits of several fields."""
    return pl.concat([none(), *parts], how="diagonal")


def around(text: str, start: int, end: int) -> str:
    """The place with a few characters on either side, on one line, for evidence."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    shown = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{shown}{'…' if last < len(text) else ''}"


def share(part: int, whole: int) -> str:
    """``4 %``, ``under 1 %``, ``over 99 %``."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.5:
        return "under 1 %"
    return "over 99 %" if 99.5 <= percent < 100 else f"{percent:.0f} %"


def of_rows(hits: pl.DataFrame, rows: int, noun: str) -> str:
    """``31 of 412 targets``, of the rows that the hits are in."""
    return f"{hits['id'].n_unique():,} of {rows:,} {noun}"


_ONE = {"have": "has", "are": "is", "do": "does"}


def agreeing(says: str, count: int) -> str:
    """ "have" for many, "has" for one."""
    if count > 1:
        return says
    verb, space, rest = says.partition(" ")
    return f"{_ONE.get(verb, verb + 's')}{space}{rest}"
