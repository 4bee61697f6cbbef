"""Entries of ``boundaries`` as English sentences go on with them, and which are better put otherwise.

An entry is best a thing ("medical questions") or a clause ("when somebody threatens to sue"): both go
on a sentence. An order ("Do not answer medical questions") is about what the model does, and of people
who do something ("anyone who threatens to sue") nobody has a question.
"""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"^(?:if|when|whenever|where|once|as\s+soon\s+as)\s", re.IGNORECASE)
_NO_ORDER = (
    r"(?!(?:offer\s+letters?|answer\s+(?:sheets?|keys?)|refuse\s+(?:collections?|bins?|bags?)|"
    r"refer\s+a\s+friend)\b)"
)
"""Things whose names begin like an order."""
_ORDERED = (
    r"(?:give|offer|provide|answer|discuss|talk\s+about|speak\s+(?:of|about)|comment\s+on|refuse|"
    r"decline|reject|avoid|escalate|hand\s+over|pass\s+on)"
)
"""Verbs that go before what an entry is about."""
_ORDER = re.compile(
    rf"^{_NO_ORDER}(?:(?:never|always|do\s+not|don't|no)\s+)?{_ORDERED}\s+(?=\w)", re.IGNORECASE
)
_GENERAL = re.compile(
    r"^(?:any(?:thing)?|everything|all|whatever|questions?|requests?)\s+"
    r"(?:about|on|for|to\s+do\s+with|that\s+(?:is|has\s+to\s+do)\s+(?:about|with))\s+",
    re.IGNORECASE,
)
_ALSO_ORDERED = (
    r"(?:make|say|tell|ask|promise|guarantee|share|reveal|disclose|mention|quote|recommend|suggest|"
    r"advise|diagnose|confirm|deny|admit|guess|assume|invent|claim|state|write|use|include|add|reply|"
    r"respond|react|speak|talk|engage|help|send|forward|transfer|route|redirect|refer|treat|accept)"
)
"""Verbs whose object alone does not say what an entry is about."""
_TOLD = re.compile(
    # What the model is told, whatever it is to do:
    r"^(?:please\s+)?(?:(?:you|we|(?:the|this)\s+(?:model|assistant|bot))\s+(?:(?:must|should|shall|"
    r"may|can|do|does|will)(?:\s+not)?|(?:can|mustn|shouldn|don|doesn|won)'t|cannot|never|always)|"
    r"(?:must|should|shall|may|do)\s+not|(?:mustn|shouldn|don)'t|please)\s+(?=\w)|"
    # What may be said of a thing too ("always crashes"), before a verb of orders alone:
    rf"^(?:never|always|must)\s+(?={_ORDERED}\b|{_ALSO_ORDERED}\b)|"
    # "No medical advice", and not "no smoking areas":
    r"^no\s+(?=(?:\w+\s+){0,3}(?:advice|opinions?|promises|guarantees|diagnos[ei]s|speculation|"
    r"recommendations?|comments?|small\s+talk)$)",
    re.IGNORECASE,
)
"""What an order begins with, before its verb."""
_SENT = re.compile(
    rf"^{_NO_ORDER}(?:refer|redirect)\s+\w|^(?:send|forward|transfer|route|tell|let|ask|ignore)\s+"
    r"(?:any|all|every|the|an?|them|people|customers|users)\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^((?:(?:any|some|every)(?:one|body)|(?:(?:an?|any|the|all)\s+)?\w+))\s+(?:who|that)\s+(.+)$",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"(?:one|body|people|persons?|customers?|users?|clients?|callers?|patients?|guests?|those)$",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"^(?:the|an?)\s+(?:customer|user|client|caller|person|patient|guest)\s+"
    r"(?:is|has|was|wants|asks|threatens|says|mentions|needs|claims|reports|demands)\s+\w",
    re.IGNORECASE,
)


def is_clause(what: str) -> bool:
    """Whether it is one that goes on "What happens": ``when somebody threatens to sue``."""
    return _CLAUSE.match(what) is not None


def wording(said: str) -> str:
    """An entry as it goes on a sentence: without the order and the general words before it.

    It begins with a small letter, unless with a name or an abbreviation.
    """
    what = _ORDER.sub("", said.strip().rstrip("."))
    return _small(_GENERAL.sub("", what))


def is_order(said: str) -> bool:
    """Whether it tells the model what to do."""
    return any(form.match(_plain(said)) for form in (_ORDER, _TOLD, _SENT))


def is_deed(said: str) -> bool:
    """Whether it is of people who do something, and no clause."""
    return _who(said) is not None or _DOES.match(_plain(said)) is not None


def instead(said: str) -> str | None:
    """What to write for an order or a deed; None where no rule says it."""
    plain = _plain(said)
    if (found := _who(said)) is not None:
        who = "people" if found[0].casefold() == "those" else _small(found[0])
        return f"when {who} {found[1]}"
    if _DOES.match(plain):
        return f"when {_small(plain)}"
    bare = _TOLD.sub("", plain)
    what = wording(bare)
    stripped = _ORDER.match(bare) is not None
    return what if stripped or plain.casefold().startswith("no ") else None


def _who(said: str) -> tuple[str, str] | None:
    """Whom it is of, and what they do."""
    found = _WHO.match(_plain(said))
    return (found[1], found[2]) if found is not None and _PEOPLE.search(found[1]) else None


def _plain(said: str) -> str:
    return said.strip().rstrip(".!").replace("’", "'")


def _small(what: str) -> str:
    first, _, rest = what.partition(" ")
    named = first[1:] != first[1:].lower() or len(first) == 1 or rest[:1].isupper()
    return what if named else what[:1].lower() + what[1:]
