"""What follows from the candidates of a comparison: pairs, paybacks, the verdict."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from etude.records._base import Record, Unbounded
from etude.records.advice import Outlook
from etude.records.estimate import Estimate

Call = Literal["better", "no_worse", "worse", "cant_tell"]
Decision = Literal["fine_tune", "dont_fine_tune", "cant_tell", "none_good_enough"]


class Pair(Record):
    """``b`` minus ``a`` on the primary metric, simultaneous over all pairs."""

    a: str
    b: str
    difference: Estimate
    call: Call
    worth_it: bool
    mid_p: float | None = None
    """By McNemar's mid-p, which it is named after, where answers are right or wrong and no group has
    two; else by flipped signs or swapped answers. No p-value is corrected for folds."""
    holm_p: float | None = None
    only_a_right: int | None = None
    only_b_right: int | None = None
    more_examples: Unbounded | None = None
    """About how many more held-out examples would settle whether the lower rung of the two is no
    worse; None where that is settled."""
    n: int | None = None
    """Items that both were compared on; None where an older version stored it."""

    @model_validator(mode="before")
    @classmethod
    def _as_now(cls, said: object) -> object:
        # Older comparisons hold a number that is not asked for any more.
        if isinstance(said, dict):
            return {key: value for key, value in said.items() if key != "more_together"}
        return said


class Payback(Record):
    """What a candidate saves against the baseline; money and months as ranges (low, high)."""

    candidate: str
    baseline: str
    saved_per_month: tuple[float, float]
    up_front: float
    upkeep_per_month: float
    break_even_months: tuple[Unbounded, Unbounded]
    break_even_requests: tuple[Unbounded, Unbounded]
    minutes_saved_per_month: tuple[float, float]
    sentence: str
    outlook: Outlook | None = None
    """All of the account over the horizon; None where it was made without."""
    hangs_on: tuple[str, ...] = ()
    """The inputs that matter most, a sentence each."""


class Verdict(Record):
    """The decision with its reasons; ``sentence`` and ``next_command`` are for people."""

    decision: Decision
    recommended: str | None
    settled: bool
    provisional: bool
    sentence: str
    reasons: tuple[str, ...]
    more_examples: Unbounded | None
    largest_loss: float | None
    """The most that could still be lost against the best by choosing ``recommended``."""
    frontier: tuple[str, ...] = ()
    """Candidates that nothing dominates."""
    baseline: str | None = None
    incumbent: str | None = None
    """The way that was in production then."""
    exploratory: bool = False
    missing: tuple[str, ...] = ()
    """What high stakes ask and is not there yet, each as the rest of a sentence."""
    next_command: str


class Detectable(Record):
    """The smallest true difference that this many examples would show (80 % power)."""

    difference: float
    discordance: float
    n: int
    comparisons: int
    beyond_reach: bool = False
    """No difference that is possible at this ``discordance`` would show for sure; ``difference`` is
    then the largest possible one."""
    groups_left_out: bool = False
    """Examples come in groups, and are counted as if they were independent."""
