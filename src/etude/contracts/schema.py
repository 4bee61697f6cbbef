"""The contract of ``extract``: an answer is one JSON object that keeps to the task's schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from etude.errors import Problem, TaskError
from etude.jsonshape import NotJson, Shape, read_json, schema_problems

_FENCE = re.compile(r"\s*```[A-Za-z]*[ \t]*\n(.*?)\n?[ \t]*```\s*", re.DOTALL)
_EXACT = 2**53
"""Below it a float that is whole is exactly that integer."""


def contract_problems(schema: Any, field: str = "schema") -> list[Problem]:
    """Everything that keeps ``schema`` from being the contract of ``extract``.

    It must be a sound JSON Schema (draft 2020-12), ask for an object with named fields, and have
    no ``$ref`` that leaves it.
    """
    problems = schema_problems(schema, field)
    if not isinstance(schema, dict):
        return problems
    if schema.get("type") != "object":
        found = f"found {schema['type']!r}" if "type" in schema else "is missing"
        hint = "put a list into a field of its own" if schema.get("type") == "array" else None
        told = Problem(None, f"{field}.type", found, "`type: object`: an answer has fields", hint)
        problems = [p for p in problems if p.field != told.field] + [told]
    if not schema.get("properties") and not ({"$ref", "allOf", "anyOf", "oneOf"} & schema.keys()):
        place = f"{field}.properties"
        if not any(problem.field == place for problem in problems):
            problems.append(Problem(None, place, "is missing", "`field: {type: …}` lines"))
    return problems


def field_names(schema: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The outermost fields of a record, in the schema's order; none where it names them elsewhere
    (``$ref``, ``anyOf`` …)."""
    return tuple((schema or {}).get("properties", {}))


class SchemaContract:
    """Reads a model's words as a JSON object of the task's schema, or says why they are none.

    White space and one Markdown code fence around the whole are forgiven; anything more (a
    sentence in front of the object) is not an answer.

    Raises:
        TaskError: the schema can't be a contract; every problem is told.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        if problems := contract_problems(schema):
            raise TaskError("schema", problems)
        self.schema = schema
        self._shape = Shape(schema)

    def parse(self, text: str | None) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
        """The value and no faults, or None and what is wrong with ``text``, one sentence a field."""
        if text is None:
            return None, ("there is no answer",)
        try:
            value = read_json(_unfenced(text))
        except NotJson as error:
            return None, (f"the answer {error}",)
        if faults := self._shape.faults(value):
            return None, faults
        return value, ()

    def loose(self, text: str | None) -> dict[str, Any] | None:
        """The object that ``text`` is, whether or not it keeps to the schema; None for no object."""
        try:
            value = read_json(_unfenced(text or ""))
        except NotJson:
            return None
        return value if isinstance(value, dict) else None

    def compact(self, value: Any) -> str:
        """The one spelling of ``value``: no spaces, keys in the schema's order, 3.0 as 3.

        Targets are stored and answers compared like that. Keys that the schema does not name come
        after those it does, by name. ``value`` need not keep to the schema.
        """
        ordered = self._ordered(value, self.schema)
        return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def _ordered(self, value: Any, schema: Any) -> Any:
        if isinstance(value, float):
            return int(value) if value.is_integer() and abs(value) < _EXACT else value
        if isinstance(value, list):
            return self._ordered_list(value, schema)
        if not isinstance(value, dict):
            return value
        shapes = self._flat(value, schema)
        named: dict[str, list[Any]] = {}
        for shape in shapes:
            for key, inner in shape.get("properties", {}).items():
                named.setdefault(key, []).append(inner)
        rest = sorted(key for key in value if key not in named)
        others = [shape["additionalProperties"] for shape in shapes if _has_more(shape)]
        keys = [key for key in named if key in value] + rest
        return {key: self._ordered(value[key], {"allOf": named.get(key, others)}) for key in keys}

    def _ordered_list(self, value: list[Any], schema: Any) -> list[Any]:
        shapes = self._flat(value, schema)
        result = []
        for index, item in enumerate(value):
            inner = []
            for shape in shapes:
                first = shape.get("prefixItems", [])
                inner.append(first[index] if index < len(first) else shape.get("items", True))
            result.append(self._ordered(item, {"allOf": inner}))
        return result

    def _flat(self, value: Any, schema: Any, depth: int = 0) -> list[dict[str, Any]]:
        """The schemas that say what ``value`` looks like: ``schema``, and what it refers to.

        Of alternatives it is the first that ``value`` keeps to.
        """
        if not isinstance(schema, dict) or depth > 50:  # a reference that leads to itself
            return []
        found = [schema]
        if isinstance(schema.get("$ref"), str):
            found += self._flat(value, _at(self.schema, schema["$ref"]), depth + 1)
        for inner in schema.get("allOf", []):
            found += self._flat(value, inner, depth + 1)
        for key in ("anyOf", "oneOf"):
            options = schema.get(key, [])
            chosen = next((part for part in options if self._shape.fits_part(value, part)), None)
            found += self._flat(value, chosen, depth + 1)
        return found


def _unfenced(text: str) -> str:
    fenced = _FENCE.fullmatch(text)
    return fenced.group(1) if fenced else text


def _has_more(schema: dict[str, Any]) -> bool:
    return isinstance(schema.get("additionalProperties"), dict)


def _at(schema: dict[str, Any], reference: str) -> Any:
    """The part of ``schema`` that a reference such as ``#/$defs/name`` names, or None."""
    part: Any = schema
    for name in reference.removeprefix("#").split("/")[1:]:
        plain = name.replace("~1", "/").replace("~0", "~")
        if isinstance(part, list) and plain.isdigit() and int(plain) < len(part):
            part = part[int(plain)]
        elif isinstance(part, dict) and plain in part:
            part = part[plain]
        else:
            return None
    return part
