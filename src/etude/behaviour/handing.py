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
_BEFORE = r"(?:(?:a|an|the|our|my|one\s+of\s+our|your|some)\s+)?(?:[\w-]+\s+){0,2}"
_OURS = (
    r"(?:human|person|people|colleagues?|agents?|specialists?|team|manager|supervisor|department|"
    r"someone|somebody|member\s+of\s+staff|representative)"
)
_OUTSIDE = (
    r"(?:experts?|lawyer|solicitor|attorney|doctor|gp|physician|pharmacist|nurse|vet|professional|"
    r"advis[eo]r)"
)
_WHO = rf"{_BEFORE}(?:{_OURS}|{_OUTSIDE})\b"
_PASSED = re.compile(
    r"\b(?:pass(?:ed|ing)?|hand(?:ed|ing)?|forward(?:ed|ing)?|transfer(?:red|ring)?|refer(?:red|ring)?|"
    r"escalat(?:e|ed|ing)|rout(?:e|ed|ing)|connect(?:ed|ing)?|put(?:ting)?|direct(?:ed|ing)?)\b"
    r"[^.!?\n]{0,40}?\b(?:to|with|through|over)\b\s+" + _WHO
)
_SPEAK = (
    r"\b(?:contact|consult|speak\s+(?:to|with)|talk\s+(?:to|with)|see|ask|reach\s+out\s+to|call)\s+"
)
# "the people page" is no person: what goes on must not be a noun.
_GOES_ON = (
    r"(?=\s*(?:$|[^\w\s]|(?:for|about|at|on|via|by|to|with|who|so|if|and|or|before|directly|now|today|"
    r"first|immediately|urgently|right|straight|as|in|from|through|when|again|here|know|please)\b))"
)
_ASK = re.compile(_SPEAK + _BEFORE + _OURS + r"\b" + _GOES_ON)
# A doctor or lawyer of one's own gets nothing by being named, unless it is said to be urgent.
_AT_ONCE = re.compile(
    _SPEAK
    + _BEFORE
    + _OUTSIDE
    + r"\b[^.!?\n]{0,20}?\b(?:now|at\s+once|immediately|urgently|right\s+away|"
    r"straight\s+away|as\s+soon\s+as\s+(?:you\s+can|possible))\b"
)
_EMERGENCY = re.compile(
    r"\b(?:call|dial|ring|phone|contact)\s+(?:999|911|112|000|988|116\s*123|(?:the\s+|an?\s+)?"
    r"(?:emergency\s+(?:services?|number|line)|ambulance|police|crisis\s+(?:line|service)|"
    r"poison\s+cent(?:re|er)))\b"
)
_GET = re.compile(
    r"\b(?:let\s+me|(?:i|we)(?:'ll|\s+will|'m\s+going\s+to|\s+am\s+going\s+to)(?:\s+now)?)\s+"
    r"(?:get|fetch|find|bring\s+in|call\s+in|ask|tell|inform|notify|alert|let)\s+" + _WHO + _GOES_ON
)
_ESCALATED = re.compile(
    r"\b(?:(?:i|we)(?:'ll|\s+will|'m|\s+am|'ve|\s+have|'re|\s+are)|let\s+me|has|have|is|was|be)"
    r"(?:\s+(?:now|going\s+to|been|being))*\s+escalat(?:e|ed|ing)\b"
)
_WILL = re.compile(
    _WHO + r"\s+(?:will|is\s+going\s+to|must|should|needs?\s+to|has\s+to)\s+(?:\w+\s+){0,2}?"
    r"(?:get|take|look|contact|call|reply|answer|handle|help|review|be\s+in\s+touch|follow|decide|see)\b"
)
_SAYS_SO = (_PASSED, _ASK, _AT_ONCE, _EMERGENCY, _GET, _ESCALATED, _WILL)
_CLAUSE = re.compile(
    r"[.!?;:,–—]|\s-\s|\b(?:but|so|and|then|instead|however|therefore|please)\b|"
    r"(?<!think )(?<!believe )\b(?:i|we)\b"
)
_NEGATED = re.compile(
    r"\b(?:not|cannot|never|no|nobody|none|neither|nor|unable|without|refuse|decline)\b|n't\b"
)
_NO_DENIAL = re.compile(
    r"\b(?:(?:do\s+not|don't)\s+(?:worry|hesitate\s+to)|no\s+(?:problem|worries|doubt))\b"
)


def passed_on(text: str) -> bool:
    """Whether a text says that a person takes over, or that one should be asked at once."""
    plain = _NO_DENIAL.sub("", re.sub(r"\s+", " ", text.casefold().replace("’", "'")))
    return any(
        not _denied(plain, found) for pattern in _SAYS_SO for found in pattern.finditer(plain)
    )


def _denied(plain: str, found: re.Match[str]) -> bool:
    """Whether the clause that says so says no: "I can't pass this on to a person"."""
    starts = [one.end() for one in _CLAUSE.finditer(plain) if one.start() <= found.start()]
    return _NEGATED.search(plain, max(starts, default=0), found.end()) is not None


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
