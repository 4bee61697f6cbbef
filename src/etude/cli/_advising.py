"""The questions of ``etude advise`` at a terminal: Enter where nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import typer

from etude.cli._drawing import Paper
from etude.cli._screen import clean
from etude.errors import UsageError
from etude.records.advice import Answered
from etude.verdict.advice.asked import ALL, CORRECTED
from etude.workflow.advise import Ask, checked

BEFORE = (
    "{count} that nothing in the project tells: y or n, and Enter where you don't know. What stays "
    "open counts neither way."
)
DONT_KNOW = ("", "?", "unknown")


def asker(paper: Paper | None = None) -> Ask:
    """Asks on stderr, one question after the other."""
    words = paper or Paper(stderr=True)

    def ask(open_ones: Sequence[Answered], corrected: bool) -> Mapping[str, str]:
        keys = [CORRECTED.key] * corrected + [one.key for one in open_ones]
        if not keys:
            return {}
        count = "One question" if len(keys) == 1 else f"{len(keys)} questions"
        words.prose(BEFORE.format(count=count), style="dim")
        answers = ((key, _answer(words, key)) for key in keys)
        return {key: value for key, value in answers if value}

    return ask


def _answer(paper: Paper, key: str) -> str:
    """What was typed, once it can be read; "" where nobody knows."""
    number = key == CORRECTED.key
    text = CORRECTED.ask if number else ALL[key].ask
    hint = "0 to 100, Enter if unknown" if number else "y/n, Enter if unknown"
    paper.line()
    while True:
        typed = typer.prompt(clean(f"{text} [{hint}]"), default="", show_default=False, err=True)
        if str(typed).strip().casefold() in DONT_KNOW:
            return ""
        try:
            return checked({key: str(typed)})[key]
        except UsageError as error:
            paper.prose(f"{error.found}: please type {hint}.", first="  ")
