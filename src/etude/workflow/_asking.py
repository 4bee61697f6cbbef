"""What ``etude new`` asks about the work, and what the answers mean.

It knows words, numbers and their ranges; asking at a terminal is the command line's work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from etude.errors import UsageError
from etude.records.task import Kind
from etude.workflow._guess import Guess


@dataclass(frozen=True)
class NewAnswers:
    """What a person said about the work; None where nobody did: the task file's default then holds,
    and is known to be assumed.

    Args:
        at_least: share of answers that must be right, above 0 and at most 1.
        requests_per_month: how often the task is done.
        minutes_to_fix: a person's minutes on a wrong answer.
        hourly_rate: what that person's hour costs, in ``currency``.
        currency: a code such as EUR.
        inputs: the columns that are read, where the guess should not choose.
        target: the column with the right answers, where the guess should not choose.

    Raises:
        UsageError: a number is out of range.
    """

    at_least: float = 0.9
    requests_per_month: float | None = None
    minutes_to_fix: float | None = None
    hourly_rate: float | None = None
    currency: str = "EUR"
    inputs: tuple[str, ...] = ()
    target: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.at_least <= 1:
            raise UsageError(f"the bar is {self.at_least:g}", expected="above 0 and at most 1")
        for name in ("requests_per_month", "minutes_to_fix", "hourly_rate"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise UsageError(f"{name} is {value:g}", expected="a number, 0 or more")
        if not 1 <= len(self.currency.strip()) <= 8:
            raise UsageError(f"the currency is {self.currency!r}", expected="a code such as EUR")


@dataclass(frozen=True)
class Question:
    """One thing to ask. ``key`` is a field of ``NewAnswers``.

    ``type``: "share" is asked in hundredths ("90" is 0.9); "number" is a number, 0 or more.
    ``default`` is shown as it would be typed.
    """

    key: str
    text: str
    default: str
    type: Literal["share", "number"]
    help: str

    def read(self, typed: str) -> float:
        """What was typed as the field's value; nothing typed is the default.

        Raises:
            UsageError: it is no such number.
        """
        text = typed.strip().removesuffix("%").replace(",", "").strip() or self.default
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        top = 100.0 if self.type == "share" else math.inf
        if not 0 <= number <= top or not math.isfinite(number) or (top == 100 and number == 0):
            expected = "a number from 1 to 100" if top == 100 else "a number, 0 or more"
            raise UsageError(f"found {typed.strip()!r}", expected=expected)
        if self.type == "number":
            return number
        # "0.9" is meant as 90 in 100: nobody asks for less than one right in a hundred.
        return number if number < 1 else number / 100


_GOOD: dict[Kind, str] = {
    "classify": "How many of 100 answers must be right?",
    "extract": "How many of 100 fields must be right?",
    "write": "How many of 100 texts must pass every check?",
    "rewrite": "How many of 100 texts must pass every check?",
    "chat": "How many of 100 replies must pass every check?",
}


def questions(found: Guess | None = None) -> list[Question]:
    """What to ask before writing, with defaults that make sense of the examples."""
    base = ""
    if found is not None and found.commonest:
        base = (
            f" Answering the commonest label every time would be right in "
            f"{found.commonest * 100:.0f} of 100."
        )
    return [
        Question(
            "at_least",
            _GOOD[found.kind if found else "classify"],
            "90",
            "share",
            "Below this, no way of doing the task counts as good enough." + base,
        ),
        Question(
            "requests_per_month",
            "How many times a month is this done?",
            "1000",
            "number",
            "Fine-tuning pays when the task is done often.",
        ),
        Question(
            "minutes_to_fix",
            "How many minutes does a wrong answer cost a person?",
            "2",
            "number",
            "Finding it, putting it right, saying sorry.",
        ),
        Question(
            "hourly_rate",
            "What does an hour of that person cost?",
            "30",
            "number",
            "Wages with everything on top; a rough number will do.",
        ),
    ]
