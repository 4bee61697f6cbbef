"""The words for an interval: what may be said of a pair, and of one candidate and its bar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from etude.statistics.intervals import Interval


class Call(StrEnum):
    """What may be said of first minus second, given the margin worth having."""

    BETTER = "better"
    NO_WORSE = "no_worse"
    WORSE = "worse"
    CANT_TELL = "cant_tell"


@dataclass(frozen=True, slots=True)
class PairCall:
    """The word, and whether the gain is certainly worth having (lower limit >= margin)."""

    call: Call
    worth_it: bool


class BarCall(StrEnum):
    """What may be said of a measured quantity and its limit."""

    MET = "met"
    NOT_MET = "not_met"
    UNCERTAIN = "uncertain"


def call_pair(interval: Interval, margin: float) -> PairCall:
    """The word for a difference; the first that holds, in the order of `Call`.

    Better: lower > 0. No worse: lower > -margin. Worse: upper < 0. A difference that is
    certainly below 0 but certainly within the margin is "no worse".
    """
    if margin < 0:
        raise ValueError(f"margin must not be negative, found {margin}")
    if interval.low > 0:
        return PairCall(Call.BETTER, interval.low >= margin)
    if interval.low > -margin:
        return PairCall(Call.NO_WORSE, False)
    if interval.high < 0:
        return PairCall(Call.WORSE, False)
    return PairCall(Call.CANT_TELL, False)


def call_at_least(interval: Interval, minimum: float) -> BarCall:
    """Whether a quantity reaches its minimum, by its interval."""
    if interval.low >= minimum:
        return BarCall.MET
    return BarCall.NOT_MET if interval.high < minimum else BarCall.UNCERTAIN


def call_at_most(interval: Interval, maximum: float) -> BarCall:
    """Whether a quantity stays within its maximum, by its interval."""
    if interval.high <= maximum:
        return BarCall.MET
    return BarCall.NOT_MET if interval.low > maximum else BarCall.UNCERTAIN
