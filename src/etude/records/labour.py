"""What a candidate leaves to people: minutes on its wrong answers, and on what it hands over."""

from __future__ import annotations

from etude.records._base import Record
from etude.records.estimate import Estimate


class Labour(Record):
    """A person's minutes on 1,000 requests, and the shares of requests that they are spent on."""

    per_1000: Estimate
    wrong: float
    """Answered without a person, and wrong."""
    handed: float
    """Handed to a person, no answer at all among them."""
    hands_over: bool
    """Whether it hands over what it is unsure of: the task asks for it, and there is a threshold."""


class LabourPair(Record):
    """Two candidates that both hand over what they are unsure of, or what holds a phrase of the task's
    boundaries: ``b`` minus ``a``, in shares of requests, each with an interval that holds for all such
    pairs together."""

    a: str
    b: str
    wrong: Estimate
    handed: Estimate
