"""Where in a JSON Schema other schemas stand (draft 2020-12, and ``definitions`` of older ones).

A property may be called ``$ref`` and an ``enum`` may hold anything, so a schema is walked by its
keywords, never by its keys alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Where = tuple[str | int, ...]

_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("prefixItems", "allOf", "anyOf", "oneOf")
_SINGLE = (
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
)


def schemas(schema: Any, where: Where = ()) -> Iterator[tuple[Where, dict[str, Any]]]:
    """Every schema in ``schema`` that is an object, itself first, with the way to it."""
    if not isinstance(schema, dict):
        return
    yield where, schema
    for key in _SINGLE:
        yield from schemas(schema.get(key), (*where, key))
    for key in _LISTS:
        inner = schema.get(key)
        for index, item in enumerate(inner if isinstance(inner, list) else ()):
            yield from schemas(item, (*where, key, index))
    for key in _MAPS:
        inner = schema.get(key)
        for name, item in inner.items() if isinstance(inner, dict) else ():
            yield from schemas(item, (*where, key, name))


def dotted(where: Where) -> str:
    """``("items", 0, "quantity")`` as a person writes it: ``items[0].quantity``."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
