"""Numbers and names as sentences of the verdict say them; the exact ones stand in the records."""

from __future__ import annotations

import math

from etude.records.candidate import CandidateReport

FINE = 200
"""Examples from which on a decimal of a percentage says something."""


def percent(share: float, n: int = FINE) -> str:
    """A measured share as a percentage: one decimal where ``n`` examples carry it, else none."""
    return f"{100 * share:.{1 if n >= FINE else 0}f} %"


def limit(share: float) -> str:
    """A share that a person set, as they would write it: 85 %, 92.5 %."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def points(share: float) -> str:
    """A difference of shares in points with one decimal."""
    value = f"{100 * abs(share):.1f}".removesuffix(".0")
    return f"{value} point" + ("" if value == "1" else "s")


def signed(share: float) -> str:
    """A difference in points with its sign, without the word."""
    text = f"{100 * share:+.1f}"
    return "0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def rounded(count: float) -> int:
    """Up to two significant digits: a planning figure, no more."""
    step = 10 ** max(0, math.floor(math.log10(max(count, 1))) - 1)
    return int(math.ceil(count / step) * step)


def called(candidate: CandidateReport) -> str:
    """What a sentence calls a candidate; the model is named where it says more."""
    return f"“{candidate.plain_name}”"
