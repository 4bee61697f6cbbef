"""A JSON Schema that a set of JSON objects keeps to: types, few-valued texts as lists, nulls.

It knows values alone. What it finds is a guess for a person to tighten or to loosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

MOST_VALUES = 12
"""A text with more different values is free text."""
EACH_SEEN = 4
"""Times that a value of a list must come on average, or the list is luck."""
LONGEST_VALUE = 40


def schema_of(values: Sequence[Any]) -> dict[str, Any]:
    """The schema of ``values``, which all keep to it."""
    present = [value for value in values if value is not None]
    nullable = len(present) < len(values)
    kinds = list(dict.fromkeys(_kind(value) for value in present))
    if set(kinds) == {"integer", "number"}:
        kinds = ["number"]
    if not kinds:
        return {"type": "null"}
    if kinds == ["string"] and (listed := _few(present)):
        return {"enum": [*listed, None] if nullable else listed}
    shape: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if nullable:
        shape["type"] = [*kinds, "null"]
    if "object" in kinds:
        shape |= _fields([value for value in present if isinstance(value, dict)])
    if "array" in kinds:
        items = [item for value in present if isinstance(value, list) for item in value]
        if items:
            shape["items"] = schema_of(items)
    return shape


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "string"


def _few(texts: Sequence[str]) -> list[str] | None:
    """The values, the most frequent first, where a text has few of them."""
    distinct = sorted(set(texts), key=lambda text: (-texts.count(text), text))
    if len(distinct) < 2 or len(distinct) > MOST_VALUES:
        return None
    if len(texts) < EACH_SEEN * len(distinct) or max(map(len, distinct)) > LONGEST_VALUE:
        return None
    return distinct


def _fields(objects: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rows = list(objects)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "additionalProperties": False,
        "required": [name for name in names if all(name in row for row in rows)],
        "properties": {
            name: schema_of([row[name] for row in rows if name in row]) for name in names
        },
    }
