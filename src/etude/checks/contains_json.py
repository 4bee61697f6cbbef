"""contains-json: a JSON object stands somewhere in the answer, of a JSON Schema where one is given.

With a schema a list counts too; without one it does not, because "[1]" is also a footnote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._schemas import optional_shape
from etude.checks._spec import Spec


def _compile(spec: Spec) -> Judge:
    shape = optional_shape(spec)

    def judge(subject: Subject) -> Outcome:
        nearest: tuple[str, ...] | None = None
        for value in _values(subject.output, "{[" if shape else "{"):
            faults = shape.faults(value) if shape else ()
            if not faults:
                return Outcome(True, "contains JSON of the schema" if shape else "contains JSON")
            nearest = nearest or faults
        if nearest:
            return Outcome(False, "; ".join(nearest[:5]))
        return Outcome(False, "contains no JSON object")

    return judge


def _values(text: str, opening: str) -> Iterator[Any]:
    """The JSON objects (and lists) in ``text``, the outermost of each."""
    decoder = json.JSONDecoder()
    place = 0
    while place < len(text):
        if text[place] not in opening:
            place += 1
            continue
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
            continue
        yield value


CHECK = CheckKind(
    key="contains-json",
    summary="a JSON object stands somewhere in the answer, of this JSON Schema where one is given",
    keys=("value",),
    compile=_compile,
)
