"""JSON values as the text of a cell: text as it is, everything else as compact JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from etude.jsonshape import is_deep

COMPACT = (",", ":")
TOO_DEEP = "its values are nested too deeply"


def as_text(value: Any) -> str | None:
    """Text as it is, None for null, else JSON: ``true``, ``1.5``, ``{"a":1}``."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=COMPACT, default=str)


class TwiceError(ValueError):
    """A key stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise TwiceError(f"the key {twice!r} stands twice")
    return made


DECODER = json.JSONDecoder(object_pairs_hook=_object)
"""Refuses a key that stands twice, where the standard one would lose the first value."""


def problem(value: object) -> str | None:
    """Why a decoded value is no row, or None."""
    if not isinstance(value, dict):
        return f"it holds {_noun(value)} where an object, {{...}}, belongs"
    if not value:
        return "the object is empty"
    if any(isinstance(cell, dict | list) and is_deep(cell) for cell in value.values()):
        return TOO_DEEP
    return None


def _noun(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a text"
    return "null" if value is None else "a number or a truth value"


def unpaired(row: Mapping[str, str | None]) -> bool:
    """Whether a value holds half a character (a lone surrogate, which ``\\ud83d`` can write)."""
    for key, cell in row.items():
        for text in (key, cell or ""):
            if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
                return True
    return False


def columns_of(rows: Sequence[Mapping[str, str | None]]) -> dict[str, list[str | None]]:
    """Rows as columns, in the order in which the keys first appear."""
    names = dict.fromkeys(key for row in rows for key in row)
    return {name: [row.get(name) for row in rows] for name in names}
