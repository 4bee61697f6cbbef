"""Whether an answer leaves the request to a person: unsure, none, a refusal, or words that say so.

The words are English phrases. It hears that a request is passed on and knows nothing of whether it
should be.
"""

from __future__ import annotations

import re

from etude.behaviour.replies import CannotTell, Reply
from etude.checks.is_refusal import refusal
from etude.records.task import FREE, Kind

UNKNOWN = "nothing says when this model would hand over: it was not compared"
_WHO = (
    r"(?:(?:a|an|the|our|my|one\s+of\s+our|your|some)\s+)?(?:[\w-]+\s+){0,2}"
    r"(?:human|person|people|colleagues?|agents?|specialists?|experts?|team|manager|supervisor|"
    r"lawyer|solicitor|attorney|doctor|physician|pharmacist|nurse|professional|advis[eo]r|"
    r"department|someone|member\s+of\s+staff|representative)\b"
)
_PASSED = re.compile(
    r"\b(?:pass(?:ed|ing)?|hand(?:ed|ing)?|forward(?:ed|ing)?|transfer(?:red|ring)?|refer(?:red|ring)?|"
    r"escalat(?:e|ed|ing)|rout(?:e|ed|ing)|connect(?:ed|ing)?|put(?:ting)?|direct(?:ed|ing)?)\b"
    r"[^.!?\n]{0,40}?\b(?:to|with|through|over)\b\s+" + _WHO
)
_ASK = re.compile(
    r"\b(?:please\s+)?(?:contact|consult|speak\s+(?:to|with)|talk\s+(?:to|with)|see|ask|reach\s+out\s+to)"
    r"\s+" + _WHO
)
_WILL = re.compile(
    _WHO + r"\s+(?:will|is\s+going\s+to|must|should|needs?\s+to|has\s+to)\s+(?:\w+\s+){0,2}?"
    r"(?:get|take|look|contact|call|reply|answer|handle|help|review|be\s+in\s+touch|follow|decide|see)\b"
)


def passed_on(text: str) -> bool:
    """Whether a text says that a person takes over, or that one should be asked."""
    plain = re.sub(r"\s+", " ", text.casefold().replace("’", "'"))
    return any(pattern.search(plain) for pattern in (_PASSED, _ASK, _WILL))


def handed_over(kind: Kind, reply: Reply) -> bool:
    """Whether a person gets the request: no answer, one that goes to a person, or words that say so.

    Raises:
        CannotTell: nobody knows when the model hands over, and no words could say so.
    """
    if reply.output is None or reply.handed:
        return True
    if kind in FREE:
        return passed_on(reply.output)
    if reply.handed is None:
        raise CannotTell(UNKNOWN)
    return False


def refused(kind: Kind, reply: Reply) -> bool:
    """Whether a text says no more than that it won't or can't; labels and forms can't say so."""
    return kind in FREE and reply.output is not None and refusal(reply.output) is not None


def left_to_person(kind: Kind, reply: Reply) -> bool:
    """Whether the request is not answered: a person gets it, or it is refused.

    Raises:
        CannotTell: see ``handed_over``.
    """
    return handed_over(kind, reply) or refused(kind, reply)
