"""forbidden-phrases: none of these phrases stands in the answer, as whole words."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._containing import filled
from etude.checks._phrases import flags, occurring
from etude.checks._spec import Spec
from etude.checks._words import quotes


def _compile(spec: Spec) -> Judge:
    wanted, case = spec.texts(), flags(spec)

    def judge(subject: Subject) -> Outcome:
        phrases = filled(wanted, subject)
        there = occurring(phrases, subject.output, case)
        if there:
            return Outcome(False, f"says {quotes(there)}")
        return Outcome(True, f"says none of {quotes(phrases)}")

    return judge


CHECK = CheckKind(
    key="forbidden-phrases",
    summary="none of these phrases stands in the answer, as whole words, in capitals or not",
    keys=("value", "case"),
    compile=_compile,
)
