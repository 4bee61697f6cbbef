"""line-count: the answer has so many lines, blank ones not counted."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import counted, lines


def _compile(spec: Spec) -> Judge:
    bounds = spec.bounds()

    def judge(subject: Subject) -> Outcome:
        count = len(lines(subject.output))
        return bounds.judge(subject, count, counted(count, "line"))

    return judge


CHECK = CheckKind(
    key="line-count",
    summary="the answer has so many lines, blank ones not counted",
    keys=("value",),
    compile=_compile,
)
