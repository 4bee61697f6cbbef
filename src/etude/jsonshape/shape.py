"""Whether a value keeps to a JSON Schema, and where not, in words for people.

It knows draft 2020-12 with ``format`` off (a note for readers, not a rule, as the draft says). It
fetches nothing.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry

from etude.jsonshape.walk import dotted
from etude.registry import nearest

_LONGEST = 60
_TYPE_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


class Shape:
    """A sound schema (see ``schema_problems``) that values are held against."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self._validator = Draft202012Validator(schema, registry=Registry())

    def fits(self, value: Any) -> bool:
        """Whether ``value`` keeps to the schema."""
        return not self.faults(value)

    def fits_part(self, value: Any, part: dict[str, Any] | bool) -> bool:
        """Whether ``value`` keeps to ``part``, a schema that stands in this one."""
        return bool(self._validator.evolve(schema=part).is_valid(value))

    def faults(self, value: Any) -> tuple[str, ...]:
        """What is wrong, one sentence a field: "field items[0].quantity: expected integer, found …".

        The order is that of the fields in ``value``; none for a value that keeps to the schema.
        """
        try:
            errors = list(self._validator.iter_errors(value))
        except RecursionError:
            return ("is nested too deeply",)
        words = [text for error in errors for text in _words(error)]
        return tuple(dict.fromkeys(words))


def shown(value: Any) -> str:
    """A value as a fault quotes it: its type, and what it is where that is short."""
    if isinstance(value, dict):
        return (
            f"an object with {len(value)} fields" if len(value) != 1 else "an object with 1 field"
        )
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return f"{_TYPE_NAMES.get(type(value), 'value')} {text}"


def _words(error: ValidationError) -> list[str]:
    where = dotted(tuple(error.absolute_path))
    if error.validator == "required":
        names: Any = error.validator_value
        value: Any = error.instance
        missing = [key for key in names if key not in value]
        return [f"field {_joined(where, key)}: is missing" for key in missing]
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        return _unknown(error, where)
    label = f"field {where}" if where else "the answer"
    if error.validator in ("anyOf", "oneOf"):
        closest = best_match([error])
        if closest is not None and closest is not error and closest.validator != error.validator:
            return [f"{text} (none of the allowed shapes fits)" for text in _words(closest)]
        return [f"{label}: fits {_how_many(error)} of the allowed shapes, found {_found(error)}"]
    return [f"{label}: {_expected(error)}"]


def _unknown(error: ValidationError, where: str) -> list[str]:
    schema: Any = error.schema
    value: Any = error.instance
    known = list(schema.get("properties", {}))
    patterns = list(schema.get("patternProperties", {}))
    extra = [key for key in value if key not in known]
    if patterns or not extra:  # the library alone knows which keys the patterns leave over
        return [f"field {where or '(top)'}: {error.message}"]
    words = []
    for key in extra:
        near = nearest(key, [name for name in known if name not in value])
        hint = f"; did it mean {near!r}?" if near else ""
        words.append(f"field {_joined(where, key)}: is not in the schema{hint}")
    return words


def _expected(error: ValidationError) -> str:
    rule = error.validator
    limit: Any = error.validator_value
    if rule == "type":
        names = limit if isinstance(limit, list) else [limit]
        return f"expected {' or '.join(names)}, found {_found(error)}"
    if rule == "enum":
        near = (
            nearest(error.instance, [v for v in limit if isinstance(v, str)])
            if isinstance(error.instance, str)
            else None
        )
        options = ", ".join(repr(value) for value in limit[:12])
        options += ", …" if len(limit) > 12 else ""
        hint = f"; did it mean {near!r}?" if near else ""
        return f"expected one of {options}, found {_found(error)}{hint}"
    if rule in _LIMITS:
        return f"expected {_LIMITS[rule].format(limit)}, found {_found(error)}"
    if rule == "uniqueItems":
        return "has an item twice"
    message = str(error.message)
    return message if len(message) <= 200 else message[:200] + "…"


_LIMITS = {
    "const": "{!r}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "above {}",
    "exclusiveMaximum": "below {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} fields",
    "maxProperties": "at most {} fields",
    "pattern": "text that matches {}",
}


def _found(error: ValidationError) -> str:
    return shown(error.instance)


def _how_many(error: ValidationError) -> str:
    return "more than one" if "more than one" in error.message or not error.context else "none"


def _joined(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
