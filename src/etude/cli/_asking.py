"""The questions of ``etude new`` at a terminal: Enter takes what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from etude.cli._drawing import Paper
from etude.cli._screen import clean, interactive
from etude.errors import UsageError
from etude.records.task import BUILT_KINDS, WRITING
from etude.workflow._guess import Guess
from etude.workflow.new import NewAnswers, Question, questions

BEFORE = (
    "(Another kind: --kind KIND; other columns: --input COLUMN --target COLUMN. Enter takes what "
    "is in brackets. Ctrl-C stops; nothing is written before the last answer.)"
)
FLAGS = {
    "at_least": "--at-least",
    "requests_per_month": "--volume",
    "minutes_to_fix": "--minutes",
    "hourly_rate": "--rate",
}


def may_ask(folder: Path, kind: str | None) -> bool:
    """Whether a person is there, and the folder can be made: else asking would be in vain."""
    free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    return interactive() and free and (kind is None or kind in BUILT_KINDS)


def answered(
    found: Guess,
    columns: NewAnswers,
    typed: Mapping[str, str | None],
    source: Path | None,
    ask: bool,
) -> NewAnswers:
    """What was typed as options and what a person answers; the rest is left unsaid.

    Raises:
        UsageError: an option is no number, or out of range.
        Abort: Ctrl-C, or the end of stdin; nothing is written then.
    """
    paper = Paper(stderr=True)
    if ask:
        paper.prose(seen(found, source))
        paper.prose(BEFORE, style="dim")
    values = {q.key: _value(paper, q, typed[q.key], ask) for q in questions(found)}
    said: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    return replace(columns, **said)


def seen(found: Guess, source: Path | None) -> str:
    """What the examples seem to be, in words."""
    name = source.name if source else "The rows that come with Etude"
    if found.target is None:
        return (
            f"{name}: {found.rows:,} conversations, it seems; the last reply of each is the ideal "
            "answer."
        )
    if found.kind in WRITING:
        return (
            f"{name}: {found.rows:,} rows. It seems to be a task of the kind {found.kind!r}: "
            f"what is read is {_quoted(found.inputs)}; the ideal answer is "
            f"{_quoted((found.target or '',))}."
        )
    return (
        f"{name}: {found.rows:,} rows. It seems that {_quoted(found.inputs)} is read and "
        f"{_quoted((found.target or '',))} is the right answer, one of {len(found.labels):,} "
        "labels."
    )


def _quoted(names: tuple[str, ...]) -> str:
    quoted = [f"“{name}”" for name in names]
    if len(quoted) <= 2:
        return " with ".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _value(paper: Paper, question: Question, typed: str | None, ask: bool) -> float | None:
    if typed is not None:
        return _option(question, typed)
    return _asked(paper, question) if ask else None


def _option(question: Question, typed: str) -> float:
    try:
        return question.read(typed)
    except UsageError as error:
        raise UsageError(error.found, where=FLAGS[question.key], expected=error.expected) from None


def _asked(paper: Paper, question: Question) -> float | None:
    """What was typed; None for Enter, so that what is proposed is taken and stays an assumption."""
    paper.line()
    paper.prose(question.help, style="dim")
    text = clean(f"{question.text} [{question.default}]")
    while True:
        typed = str(typer.prompt(text, default="", show_default=False, err=True)).strip()
        try:
            return question.read(typed) if typed else None
        except UsageError as error:
            paper.prose(
                f"{error.found}: please type {error.expected}, or press Enter for "
                f"{question.default}",
                first="  ",
            )
