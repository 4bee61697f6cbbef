"""is-json: the whole answer is JSON, and keeps to a JSON Schema where one is given."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._schemas import optional_shape
from etude.checks._spec import Spec
from etude.jsonshape import NotJson, read_json


def _compile(spec: Spec) -> Judge:
    shape = optional_shape(spec)

    def judge(subject: Subject) -> Outcome:
        try:
            value = read_json(subject.output)
        except NotJson as error:
            return Outcome(False, str(error))
        faults = shape.faults(value) if shape else ()
        if faults:
            return Outcome(False, "; ".join(faults[:5]))
        return Outcome(True, "is JSON of the schema" if shape else "is JSON")

    return judge


CHECK = CheckKind(
    key="is-json",
    summary="the whole answer is JSON, of this JSON Schema where one is given",
    keys=("value",),
    compile=_compile,
)
