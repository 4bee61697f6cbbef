"""word-count: the answer has so many words, split at white space."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import counted


def _compile(spec: Spec) -> Judge:
    bounds = spec.bounds()

    def judge(subject: Subject) -> Outcome:
        count = len(subject.output.split())
        return bounds.judge(subject, count, counted(count, "word"))

    return judge


CHECK = CheckKind(
    key="word-count",
    summary="the answer has so many words, split at white space",
    keys=("value",),
    compile=_compile,
)
