"""ends-with: the answer ends with this text."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import quote


def _compile(spec: Spec) -> Judge:
    wanted, fold = spec.text(), spec.case()

    def judge(subject: Subject) -> Outcome:
        text = wanted.fill(subject).rstrip()
        output = subject.output.rstrip()
        if fold(output).endswith(fold(text)):
            return Outcome(True, f"ends with {quote(text)}")
        return Outcome(False, f"ends with {quote(output[-len(text) :])}, not {quote(text)}")

    return judge


CHECK = CheckKind(
    key="ends-with",
    summary="the answer ends with this text",
    keys=("value", "case"),
    compile=_compile,
)
