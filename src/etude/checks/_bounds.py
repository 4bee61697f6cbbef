"""A least and a most that a count is held to; either may come from a column."""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.checks._base import CannotJudge, Outcome, Subject
from etude.checks._template import Template


@dataclass(frozen=True)
class Bounds:
    """``low`` and ``high`` count as within; None: no such end."""

    low: float | Template | None
    high: float | Template | None

    @property
    def upside_down(self) -> bool:
        """Whether both ends are known and nothing lies between them."""
        if isinstance(self.low, float) and isinstance(self.high, float):
            return self.low > self.high
        return False

    def judge(self, subject: Subject, value: float, said: str) -> Outcome:
        """Whether ``value`` lies within, told as "has 93 words, more than 80".

        Args:
            subject: what an end that is a column is read from.
            value: the count.
            said: the count in words: "has 93 words".

        Raises:
            CannotJudge: a column that an end comes from holds no number.
        """
        low, high = _end(self.low, subject), _end(self.high, subject)
        exact = low is not None and low == high
        if low is not None and value < low:
            return Outcome(False, f"{said}, {'not' if exact else 'less than'} {low:g}")
        if high is not None and value > high:
            return Outcome(False, f"{said}, {'not' if exact else 'more than'} {high:g}")
        return Outcome(True, said)


def _end(end: float | Template | None, subject: Subject) -> float | None:
    if not isinstance(end, Template):
        return end
    text = end.fill(subject).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CannotJudge(f"{end.written} is {text!r} for this example, which is no number")
    return number
