"""char-count: the answer has so many characters, white space around it not counted."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import characters, counted


def _compile(spec: Spec) -> Judge:
    bounds = spec.bounds()

    def judge(subject: Subject) -> Outcome:
        count = characters(subject.output.strip())
        return bounds.judge(subject, count, counted(count, "character"))

    return judge


CHECK = CheckKind(
    key="char-count",
    summary="the answer has so many characters, white space around it not counted",
    keys=("value",),
    compile=_compile,
)
