"""What the six ``contains`` checks share: texts that are looked for in an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etude.checks._base import Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._template import Template
from etude.checks._words import quotes

Fold = Callable[[str], str]


def one(spec: Spec, fold: Fold) -> Judge:
    """The one text occurs."""
    return _all((spec.text(),), fold)


def every(spec: Spec, fold: Fold) -> Judge:
    """Every text of the list occurs; those that are empty for an example are not looked for."""
    return _all(spec.texts(), fold)


def some(spec: Spec, fold: Fold) -> Judge:
    """One text of the list occurs at least."""
    wanted = spec.texts()

    def judge(subject: Subject) -> Outcome:
        texts = filled(wanted, subject)
        output = fold(subject.output)
        found = [text for text in texts if fold(text) in output]
        if found:
            return Outcome(True, f"contains {quotes(found)}")
        return Outcome(False, f"contains none of {quotes(texts)}")

    return judge


def filled(wanted: Sequence[Template], subject: Subject) -> list[str]:
    """The texts for one example, without those that are empty."""
    texts = [text.fill(subject) for text in wanted]
    return [text for text in texts if text.strip()]


def _all(wanted: Sequence[Template], fold: Fold) -> Judge:
    def judge(subject: Subject) -> Outcome:
        texts = filled(wanted, subject)
        output = fold(subject.output)
        missing = [text for text in texts if fold(text) not in output]
        if missing:
            return Outcome(False, f"does not contain {quotes(missing)}")
        return Outcome(True, f"contains {quotes(texts)}")

    return judge
