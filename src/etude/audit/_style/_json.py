"""Targets that are JSON, read once: which values stand at which paths.

A path is keys joined by dots, with ``[]`` for what is in a list: ``items[].size``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from typing import Any

import polars as pl

from etude.audit._json_text import json_of
from etude.audit._style._trait import Measure

MISSING = object()
"""Stands for a key that an object lacks."""
SAMPLE = 20_000
"""Texts in which paths are looked for."""
_DEEPEST = 5
_SHARE = 0.8
"""Of texts that are JSON, from which they are meant to be."""


@dataclass(frozen=True)
class Record:
    """One text's value: ``at`` has all values at a path, ``keys`` the keys of each object there."""

    value: Any
    at: dict[str, list[Any]]
    keys: dict[str, list[tuple[str, ...]]]


One = Callable[[Record], str | None]


class Records:
    """Texts (U,) that are read for what traits ask of them: all traits in one pass, so that no more
    than one record and some short values a text are held.

    ``some``: the records of a sample, None where a text is no JSON object or list.
    """

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        chosen = texts.sample(SAMPLE, seed=0) if len(texts) > SAMPLE else texts
        self.some = [_record(text) for text in chosen.to_list()]
        self._asked: list[tuple[One, str | None]] = []

    def measure(self, one: One, unread: str | None = None) -> Measure:
        """A measure of these texts, ``unread`` where one can't be read; others (inputs) have no value.

        All measures are to be made before the first is used.
        """
        place = len(self._asked)
        self._asked.append((one, unread))

        def of(series: pl.Series) -> pl.Series:
            if series is not self.texts:
                return pl.Series([None] * len(series), dtype=pl.String)
            return self._columns[place]

        return of

    @cached_property
    def _columns(self) -> list[pl.Series]:
        columns: list[list[str | None]] = [[] for _ in self._asked]
        for text in self.texts.to_list():
            record = _record(text)
            for column, (one, unread) in zip(columns, self._asked, strict=True):
                value = unread if record is None else one(record)
                column.append(None if value is None else intern(value))
        return [pl.Series(column, dtype=pl.String) for column in columns]


def looks_json(texts: pl.Series) -> bool:
    """Whether most texts begin and end as JSON does, or stand in a fence that does."""
    alike = texts.str.contains(r"^\s*(?:```(?:json)?\s*)?[\[{]")
    return len(texts) > 0 and float(alike.sum()) >= _SHARE * len(texts)


def read_all(texts: pl.Series) -> Records | None:
    """The records, None where the texts are not meant to be JSON."""
    if not looks_json(texts):
        return None
    records = Records(texts)
    good = sum(record is not None for record in records.some)
    return records if good >= _SHARE * len(records.some) else None


def parsed(text: str) -> Any:
    """An object or list, else None."""
    value = json_of(text)
    return value if isinstance(value, (dict, list)) else None


def _record(text: str) -> Record | None:
    value = parsed(text)
    if value is None:
        return None
    record = Record(value, {}, {})
    _walk(value, "", record, 0)
    return record


def _walk(value: Any, path: str, record: Record, depth: int) -> None:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        record.keys.setdefault(path, []).append(tuple(value))
        for key, inner in value.items():
            below = f"{path}.{key}" if path else key
            record.at.setdefault(below, []).append(inner)
            _walk(inner, below, record, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if not isinstance(inner, (dict, list)):
                record.at.setdefault(path + "[]", []).append(inner)
            _walk(inner, path + "[]", record, depth + 1)


def parent_of(path: str) -> tuple[str, str]:
    """The path of the object that has a key, and the key."""
    parent, _, key = path.rpartition(".")
    return parent, key


def scalars(values: Sequence[Any]) -> Iterator[Any]:
    """Values that are no object, list or null."""
    return (value for value in values if value is not None and not isinstance(value, (dict, list)))
