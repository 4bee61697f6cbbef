"""Which properties fit the targets at hand: JSON is looked at as JSON, prose as prose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from etude.audit._style import (
    casing,
    dates,
    endings,
    fields,
    json_keys,
    json_values,
    layout,
    length,
    lists,
    markdown,
    marks,
    numbers,
    openings,
    sections,
    spelling,
    tongue,
    typography,
    words,
)
from etude.audit._style._json import looks_json, read_all
from etude.audit._style._trait import Trait

Property = Callable[[pl.Series], Iterable[Trait]]
CODE: tuple[Property, ...] = (markdown.PROPERTY, length.PROPERTY, tongue.PROPERTY)
PROSE: tuple[Property, ...] = (
    sections.PROPERTY,
    layout.PROPERTY,
    endings.PROPERTY,
    openings.PROPERTY,
    lists.PROPERTY,
    typography.PROPERTY,
    dates.PROPERTY,
    numbers.PROPERTY,
    spelling.PROPERTY,
    words.PROPERTY,
    marks.PROPERTY,
    markdown.PROPERTY,
    casing.PROPERTY,
    fields.PROPERTY,
    length.PROPERTY,
    tongue.PROPERTY,
)
_CODE = (
    r"(?m);[ \t]*$|^[ \t]*(?:def|class|import|from|return|function|var|let|const|public|private|"
    r"#include|SELECT|WITH|INSERT|UPDATE|DELETE|CREATE)\b[^\n]*[(){};=*,]|[{}][ \t]*$|=>|</\w+>"
)
_MOSTLY = 0.6


def records(texts: pl.Series) -> Iterator[Trait]:
    """The traits of JSON, which is read once for all of them; nothing where it is something else."""
    read = read_all(texts)
    if read is not None:
        # A list: every trait has to be known before the first is measured.
        yield from [*json_keys.traits(read), *json_values.traits(read)]


JSON: tuple[Property, ...] = (records, markdown.fences)


def traits(texts: pl.Series) -> Iterator[Trait]:
    """All traits of the properties that fit distinct target texts."""
    for one in fitting(texts):
        yield from one(texts)


def fitting(texts: pl.Series) -> tuple[Property, ...]:
    """The properties that make sense for these texts."""
    if looks_json(texts):
        return JSON
    if len(texts) and float(texts.str.contains(_CODE).sum()) >= _MOSTLY * len(texts):
        return CODE
    return PROSE
