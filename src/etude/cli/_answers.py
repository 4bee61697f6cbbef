"""Answers on stdout: aligned for a person, tab-separated for a program.

Answers that were written are whole texts: one is printed as it is, several a line each for a
program and a paragraph each for a person. What they fail is said on stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from etude.cli._drawing import Paper
from etude.cli._screen import clean, note
from etude.evaluation.judging import failed
from etude.records.task import WRITING
from etude.report._words import failure
from etude.workflow.predict import Prediction, Predictions

PLACES = 10
"""Of answers for a person, that are named."""
FAULTY = "it fails what you ask"
"""Said shortly: what exactly it fails stands above."""
LONGEST = 60
"""Of a text that is repeated beside its answer at a terminal."""


def with_gaps(texts: Sequence[str | Mapping[str, str]], answers: Predictions) -> Predictions:
    """Answers for every text in order: an empty text has an empty answer."""
    found = iter(answers.answers)
    whole = tuple(
        Prediction(text, None, None, "no text")
        if isinstance(text, str) and not text.strip()
        else next(found)
        for text in texts
    )
    return replace(answers, answers=whole)


def show_answers(answers: Predictions, quiet: bool) -> None:
    """The answers; how sure or what is failed; and the text where there are several."""
    if answers.kind in WRITING:
        _written(answers, quiet)
    elif sys.stdout.isatty():
        _aligned(answers.answers)
    else:
        for answer in answers.answers:
            sure = "" if answer.confidence is None else f"{answer.confidence:.4f}"
            print("\t".join((_flat(answer.label or ""), sure, _flat(answer.text))))
    if answers.answers and not quiet:
        say_not_checked(answers.not_checked)
        _say_escalated(answers)
        _say_looked_up(answers.answers)
        note(f"(answered by {answers.candidate})")


def say_not_checked(names: Sequence[str]) -> None:
    """One line on stderr: which of the task's checks could not be asked."""
    if names:
        why = "which takes an ideal answer or a column that was not given"
        note(f"Not checked, {why}: {clean('; '.join(names))}")


def _say_escalated(found: Predictions) -> None:
    """Which answers a person is to look at, and why; what is no answer was said already."""
    answers = found.answers
    if found.everything is not None:
        them = "it" if len(answers) == 1 else "all of them"
        note(f"For a person to look at: {them}, since {found.everything} (bar.hand_over).")
        return
    places = [place for place, one in enumerate(answers, 1) if one.escalate and one.label]
    if len(answers) == 1 and places:
        note(f"For a person to look at: {_why(answers[0])}.{_where(answers[0])}")
    elif places:
        note(f"For a person to look at: {len(places):,} of {len(answers):,}")
        for place in places[:PLACES]:
            note(f"  text {place:,}: {_why(answers[place - 1])}")
        if len(places) > PLACES:
            note(f"  and {len(places) - PLACES:,} more")


def _why(answer: Prediction) -> str:
    why = answer.escalate_why or ""
    return FAULTY if answer.faults and why == failed(answer.faults) else clean(why)


def _say_looked_up(answers: Sequence[Prediction]) -> None:
    """What one answer was shown, by its names; of several only --json and tables say it."""
    if len(answers) != 1 or not answers[0].evidence:
        return
    (answer,) = answers
    first = len(answer.evidence) - len(answer.passages)
    parts = zip(
        ("examples", "documents"), (answer.evidence[:first], answer.evidence[first:]), strict=True
    )
    told = [
        f"{', '.join(_cut(_flat(one)) for one in names)} ({what})" for what, names in parts if names
    ]
    note(f"Looked up for it: {clean('; '.join(told))}")


def _where(answer: Prediction) -> str:
    """Where to look first: the field that is least likely to be right."""
    if not answer.field_confidence:
        return ""
    name, sure = min(answer.field_confidence.items(), key=lambda one: one[1])
    return f" Look first at {clean(_flat(name))}: {100 * sure:.0f} % sure."


def _written(answers: Predictions, quiet: bool) -> None:
    several = len(answers.answers) > 1
    for place, answer in enumerate(answers.answers, 1):
        if several and sys.stdout.isatty():
            print(f"{place}. {_cut(_flat(answer.text))}")
        print(_laid_out(answer, answers.kind, one_line=several and not sys.stdout.isatty()))
        if several and sys.stdout.isatty():
            print()
        if not quiet:
            _failures(answer, f"text {place}: " if several else "")


def _laid_out(answer: Prediction, kind: str, *, one_line: bool) -> str:
    """The answer, JSON with a line a field; on one line a text's line ends are written ``\\n``."""
    text = answer.label or ""
    if kind == "extract":
        try:
            indent = None if one_line else 2
            return clean(json.dumps(json.loads(text), ensure_ascii=False, indent=indent))
        except ValueError:
            return clean(text)
    return clean(text.replace("\\", "\\\\").replace("\n", "\\n") if one_line else text)


def _failures(answer: Prediction, where: str) -> None:
    if answer.label is None:
        note(f"✗ {where}no answer: {failure(answer.failure)}")
        return
    for fault in answer.faults:
        note(f"✗ {where}fails {fault.check}: {fault.reason}")


def _aligned(answers: Sequence[Prediction]) -> None:
    paper = Paper()
    width = max((len(_said(answer)) for answer in answers), default=0)
    for answer in answers:
        line = f"{_said(answer):<{width}}  {_sure(answer):>9}"
        if len(answers) > 1:
            line += f"  {_cut(_flat(answer.text))}"
        paper.line(line.rstrip())


def _said(answer: Prediction) -> str:
    return clean(_flat(answer.label)) if answer.label else f"no answer ({answer.failure})"


def _sure(answer: Prediction) -> str:
    return "" if answer.confidence is None else f"{100 * answer.confidence:.0f} % sure"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _flat(text: str) -> str:
    return " ".join(text.replace("\t", " ").splitlines())
