"""Values of a form that nobody gave: not in the input, where the schema would let them be left out.

A required value that can't be empty has to be something, so it is no invention. It knows nothing of
where a form comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etude.jsonshape.reading import NotJson, read_json
from etude.metrics._fields import normal, texts

EMPTY = frozenset({"n/a", "na", "none", "null", "unknown", "not stated", "not given", "-", "?"})
"""What stands for no value, besides null, "" and []."""
_TIED = ("enum", "const", "pattern", "format", "minLength")


def invented(
    source: str, output: str, schema: Mapping[str, Any] | None, copied: set[str] | None = None
) -> list[str]:
    """Values of the form ``output`` that are not in ``source``.

    ``copied``: fields whose values are copied from the input, so that others may be put into another
    form; None: all.
    """
    return [
        value
        for field, values in _free(output, schema).items()
        if copied is None or field in copied
        for value in values
        if not _said(value, source)
    ]


def copied(source: str, output: str, schema: Mapping[str, Any] | None) -> set[str]:
    """Fields of the form that hold something, all of which stands in ``source`` as it is."""
    found = _free(output, schema)
    return {
        field
        for field, values in found.items()
        if values and all(_said(value, source) for value in values)
    }


def _said(value: str, source: str) -> bool:
    plain = str(normal(value))
    return plain in EMPTY or plain in str(normal(source))


def _free(output: str, schema: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """The values of the fields that may be left empty, by field; none where it is no form."""
    try:
        form = read_json(output)
    except NotJson:
        return {}
    return dict(_fields(form, schema or {}, "")) if isinstance(form, dict) else {}


def _fields(
    form: Mapping[str, Any], schema: Mapping[str, Any], above: str
) -> list[tuple[str, list[str]]]:
    found = list[tuple[str, list[str]]]()
    shapes, required = schema.get("properties", {}), schema.get("required", ())
    for name, value in form.items():
        shape = shapes.get(name, {})
        if isinstance(value, dict) and isinstance(shape, dict) and "properties" in shape:
            found += _fields(value, shape, f"{above}{name}.")
        elif name not in required or _may_be_empty(shape):
            found.append((f"{above}{name}", texts(value)))
    return found


def _may_be_empty(shape: Any) -> bool:
    """Whether a schema lets a value be null, "" or []; False where that can't be read off it."""
    if not isinstance(shape, dict):
        return False
    if None in shape.get("enum", ()):
        return True
    kind = shape.get("type")
    if kind == "null" or (isinstance(kind, list) and "null" in kind):
        return True
    if any(_may_be_null(one) for one in shape.get("anyOf", ())):
        return True
    if kind == "array":
        return not shape.get("minItems")
    return kind == "string" and not any(key in shape for key in _TIED)


def _may_be_null(shape: Any) -> bool:
    return isinstance(shape, dict) and shape.get("type") == "null"
