"""Rows of several fields to a table of places, for whoever looks at a whole dataset or log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from etude.privacy._base import Recogniser, Span
from etude.privacy._find import spans_by_text
from etude.privacy._redact import Mark, marks, meaning, veiled

_COLUMNS = {
    "row": pl.Int64,
    "field": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "sort": pl.String,
    "title": pl.String,
    "certainty": pl.Float64,
    "tag": pl.String,
    "shown": pl.String,
    "held": pl.String,
}


def marked(
    fields: Mapping[str, Sequence[str]], chosen: Sequence[Recogniser] | None = None
) -> pl.DataFrame:
    """Every place in rows of fields, row by row.

    Args:
        fields: name of a field to its text in every row ("" where a row has none).
        chosen: the recognisers; None: all that are installed.

    Returns:
        ``row`` (its index), ``field``, ``start``, ``end`` (characters), ``sort`` (a tag's name),
        ``title``, ``certainty``, ``tag`` (the same for the same text throughout a row), ``shown``
        (first and last characters alone) and ``held`` (by what equal ones are known; not to be shown).
    """
    found: dict[str, tuple[Span, ...]] = {}
    for texts in fields.values():
        found |= spans_by_text(texts, chosen)
    columns: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    if found:
        names = tuple(fields)
        for row, texts in enumerate(zip(*fields.values(), strict=True)):
            if any(text in found for text in texts):
                held = dict(zip(names, texts, strict=True))
                for mark in marks(held, lambda text: found.get(text, ())):
                    _add(columns, row, mark)
    return pl.DataFrame(columns, schema=_COLUMNS)


def _add(columns: dict[str, list[object]], row: int, mark: Mark) -> None:
    values = (row, mark.field, mark.start, mark.end, mark.sort.tag, mark.title, mark.certainty)
    rest = (mark.tag, veiled(mark.text), meaning(mark.text))
    for column, value in zip(columns.values(), (*values, *rest), strict=True):
        column.append(value)
