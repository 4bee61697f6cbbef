"""equals: the answer is exactly this text, or JSON equal to this value."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import quote
from etude.jsonshape import NotJson, read_json, same_json


def _compile(spec: Spec) -> Judge:
    value = spec.values.get("value")
    if isinstance(value, dict | list):
        return _json(value)
    wanted, fold = spec.text(skip=False), spec.case()

    def judge(subject: Subject) -> Outcome:
        text = wanted.fill(subject)
        same = fold(subject.output.strip()) == fold(text.strip())
        return Outcome(same, f"is {quote(text)}" if same else f"is not {quote(text)}")

    return judge


def _json(value: object) -> Judge:
    def judge(subject: Subject) -> Outcome:
        try:
            found = read_json(subject.output)
        except NotJson as error:
            return Outcome(False, str(error))
        same = same_json(found, value)
        return Outcome(same, "is the JSON asked for" if same else "is other JSON")

    return judge


CHECK = CheckKind(
    key="equals",
    summary="the answer is exactly this text, or this JSON",
    keys=("value", "case"),
    compile=_compile,
)
