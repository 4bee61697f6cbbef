"""Whether a JSON Schema is one, told as problems with the field that each is about.

It knows JSON Schema draft 2020-12. It fetches nothing: a ``$ref`` that leaves the document is a
problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from etude.errors import Problem
from etude.jsonshape.walk import dotted, schemas
from etude.registry import nearest

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def schema_problems(schema: Any, field: str = "schema") -> list[Problem]:
    """Everything that keeps ``schema`` from being a JSON Schema; none for a sound one.

    Args:
        schema: what was written.
        field: the dotted field it stands in, in front of every problem's own.
    """
    if not isinstance(schema, dict):
        return [Problem(None, field, "found no section", "a JSON Schema, as `key: value` lines")]
    try:
        errors = list(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))
    except RecursionError:
        return [Problem(None, field, "is nested too deeply")]
    problems = [_problem(error, field) for error in errors]
    if not problems:  # the ways of references are only known in a sound schema
        problems = list(_references(schema, field))
    unique = {(problem.field, problem.found): problem for problem in problems}
    return list(unique.values())


def _problem(error: ValidationError, field: str) -> Problem:
    where = tuple(error.absolute_path)
    inside = f"{field}.{dotted(where)}" if where else field
    value = error.instance
    if error.validator == "anyOf" and where and where[-1] == "type":
        near = nearest(value, _TYPES) if isinstance(value, str) else None
        hint = f"did you mean {near!r}?" if near else _TYPE_HINTS.get(str(value))
        return Problem(None, inside, f"found {value!r}", f"one of {', '.join(_TYPES)}", hint)
    if error.validator == "type":
        expected = error.validator_value
        names = expected if isinstance(expected, list) else [expected]
        return Problem(None, inside, f"found {value!r}", " or ".join(map(str, names)))
    if error.validator == "format":
        return Problem(None, inside, f"found {value!r}", f"a {error.validator_value}")
    return Problem(None, inside, error.message)


_TYPE_HINTS = {
    "float": "write number",
    "decimal": "write number",
    "text": "write string",
    "date": "write string, with `format: date`",
    "list": "write array",
    "dict": "write object",
}


def _references(schema: dict[str, Any], field: str) -> Iterator[Problem]:
    resource = DRAFT202012.create_resource(schema)
    resolver = Registry().with_resource("", resource).resolver()
    for where, inner in schemas(schema):
        for key in ("$ref", "$dynamicRef"):
            target = inner.get(key)
            if not isinstance(target, str):
                continue
            place = ".".join((field, *([dotted(where)] if where else []), key))
            if not target.startswith("#"):
                yield Problem(
                    None,
                    place,
                    f"{target!r} leads outside this schema",
                    "a place in it, such as #/$defs/name",
                    "copy the definition under $defs; nothing is fetched",
                )
                continue
            try:
                resolver.lookup(target)
            except Unresolvable:
                yield Problem(None, place, f"{target!r} leads nowhere", _places(schema))


def _places(schema: dict[str, Any]) -> str:
    names = [f"#/$defs/{name}" for name in schema.get("$defs", {})]
    return f"one of {', '.join(names)}" if names else "a name under $defs, such as #/$defs/name"
