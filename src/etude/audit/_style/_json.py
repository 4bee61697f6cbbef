"""Targets that are JSON, read once: which values stand at which paths.

A path is keys joined by dots, with ``[]`` for what is in a list: ``items[].size``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from etude.audit._style._trait import Measure

MISSING = object()
"""Stands for a key that an object lacks."""
_DEEPEST = 5
_SHARE = 0.8
"""Of texts that are JSON, from which they are meant to be."""


@dataclass(frozen=True)
class Record:
    """One text's value: ``at`` has all values at a path, ``keys`` the keys of each object there."""

    value: Any
    at: dict[str, list[Any]]
    keys: dict[str, list[tuple[str, ...]]]


@dataclass(frozen=True)
class Records:
    """Texts (U,) with what was read from each; None where it is no JSON object or list."""

    texts: pl.Series
    read: list[Record | None]

    def measure(self, one: Callable[[Record], str | None]) -> Measure:
        """A measure of these texts; others (inputs) have no value."""

        def of(series: pl.Series) -> pl.Series:
            if series is not self.texts:
                return pl.Series([None] * len(series), dtype=pl.String)
            values = [None if record is None else one(record) for record in self.read]
            return pl.Series(values, dtype=pl.String)

        return of


def looks_json(texts: pl.Series) -> bool:
    """Whether most texts begin and end as JSON does, or stand in a fence that does."""
    alike = texts.str.contains(r"^\s*(?:```(?:json)?\s*)?[\[{]")
    return len(texts) > 0 and float(alike.sum()) >= _SHARE * len(texts)


def read_all(texts: pl.Series) -> Records | None:
    """The records, None where the texts are not meant to be JSON."""
    if not looks_json(texts):
        return None
    read = [_record(text) for text in texts.to_list()]
    good = sum(record is not None for record in read)
    return Records(texts, read) if good >= _SHARE * len(read) else None


def parsed(text: str) -> Any:
    """An object or list, else None."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
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
