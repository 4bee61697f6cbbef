"""starts-with: the answer begins with this text."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import quote


def _compile(spec: Spec) -> Judge:
    wanted, fold = spec.text(), spec.case()

    def judge(subject: Subject) -> Outcome:
        text = wanted.fill(subject).lstrip()
        output = subject.output.lstrip()
        if fold(output).startswith(fold(text)):
            return Outcome(True, f"begins with {quote(text)}")
        return Outcome(False, f"begins with {quote(output[: len(text)])}, not {quote(text)}")

    return judge


CHECK = CheckKind(
    key="starts-with",
    summary="the answer begins with this text",
    keys=("value", "case"),
    compile=_compile,
)
