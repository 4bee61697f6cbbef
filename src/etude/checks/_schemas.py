"""The optional JSON Schema of ``is-json`` and ``contains-json``."""

from __future__ import annotations

from etude.checks._spec import Spec
from etude.jsonshape import Shape, schema_problems


def optional_shape(spec: Spec) -> Shape | None:
    """The schema under ``value``, or None where there is none."""
    value = spec.values.get("value")
    if value is None:
        return None
    problems = schema_problems(value, "value")
    for problem in problems:
        spec.fault(problem.field, problem.found, problem.expected, problem.hint)
    return None if problems else Shape(value)
