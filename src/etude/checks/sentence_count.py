"""sentence-count: the answer has so many sentences."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import counted, sentences


def _compile(spec: Spec) -> Judge:
    bounds = spec.bounds()

    def judge(subject: Subject) -> Outcome:
        count = len(sentences(subject.output))
        return bounds.judge(subject, count, counted(count, "sentence"))

    return judge


CHECK = CheckKind(
    key="sentence-count",
    summary="the answer has so many sentences",
    keys=("value",),
    compile=_compile,
)
