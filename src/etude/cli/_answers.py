"""Answers on stdout: aligned for a person, tab-separated for a program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from etude.cli._drawing import Paper
from etude.cli._screen import clean, note
from etude.workflow.predict import Prediction, Predictions

LONGEST = 60
"""Of a text that is repeated beside its answer at a terminal."""


def with_gaps(texts: Sequence[str], answers: Predictions) -> Predictions:
    """Answers for every text in order: an empty text has an empty answer."""
    found = iter(answers.answers)
    whole = tuple(
        next(found) if text.strip() else Prediction(text, None, None, "no text") for text in texts
    )
    return Predictions(answers.candidate, whole)


def show_answers(answers: Predictions, quiet: bool) -> None:
    """One line a text: the answer, how sure, and the text where there are several."""
    if sys.stdout.isatty():
        _aligned(answers.answers)
    else:
        for answer in answers.answers:
            sure = "" if answer.confidence is None else f"{answer.confidence:.4f}"
            print("\t".join((_flat(answer.label or ""), sure, _flat(answer.text))))
    if answers.answers and not quiet:
        note(f"(answered by {answers.candidate})")


def _aligned(answers: Sequence[Prediction]) -> None:
    paper = Paper()
    width = max((len(_said(answer)) for answer in answers), default=0)
    for answer in answers:
        line = f"{_said(answer):<{width}}  {_sure(answer):>9}"
        if len(answers) > 1:
            text = _flat(answer.text)
            line += f"  {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"
        paper.line(line.rstrip())


def _said(answer: Prediction) -> str:
    return clean(_flat(answer.label)) if answer.label else f"no answer ({answer.failure})"


def _sure(answer: Prediction) -> str:
    return "" if answer.confidence is None else f"{100 * answer.confidence:.0f} % sure"


def _flat(text: str) -> str:
    return " ".join(text.replace("\t", " ").splitlines())
