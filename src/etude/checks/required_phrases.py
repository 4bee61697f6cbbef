"""required-phrases: each of these phrases stands in the answer, as whole words."""

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
        missing = [phrase for phrase in phrases if phrase not in there]
        if missing:
            return Outcome(False, f"does not say {quotes(missing)}")
        return Outcome(True, f"says {quotes(phrases)}")

    return judge


CHECK = CheckKind(
    key="required-phrases",
    summary="each of these phrases stands in the answer, as whole words, in capitals or not",
    keys=("value", "case"),
    compile=_compile,
)
