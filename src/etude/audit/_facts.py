"""Facts in a text: numbers, names, and dates, as they are written.

The reading of numbers and of names is that of the metrics and checks (``unsupported_facts``,
``no-new-numbers``); words for numbers, months and days of the week are added. It knows no sources:
whether a fact is given is ``_given``'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from etude.checks import _numbers
from etude.checks._numbers import numbers
from etude.metrics.measures.unsupported_facts import names

Sort = Literal["number", "name", "date"]

MONTHS = {
    name: at
    for at, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
DAYS = {
    name: at
    for at, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed weds",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}
_MONTH = "|".join(sorted((m for m in MONTHS), key=len, reverse=True))
_DATED = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\b\.?"
    rf"|({_MONTH})\.?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\b|(?:19|20)\d\d\b)"
    rf"|(?:in|since|until|till|by|from|early|late|mid|of|every|each|this|next"
    rf"|last)[\s-]+({_MONTH})\b(?![a-z]))",
    re.IGNORECASE,
)
"""A month beside a number or after a word of time: "may" and "march" alone are other words."""
_LOWER = ("may", "march", "mar", "dec", "jan", "sept")
"""In small letters these are other words: "this may help"."""
_DAY = re.compile(r"\b(Mondays?|Tuesdays?|Wednesdays?|Thursdays?|Fridays?|Saturdays?|Sundays?)\b")
_ITEM = re.compile(r"(?m)^[ \t]*\(?\d{1,2}[.)](?=\s)")
_ORDINARY_WORDS = (
    "i i'm i'll i've i'd i’m i’ll i’ve i’d mr mrs ms miss dr prof sir madam ok okay tv wifi "
    "wi-fi am pm faq pdf id url email e-mail vip diy asap fyi rsvp ps p.s q&a internet web "
    "english god christmas easter st rd ave no vs et etc hi hello dear thanks thank regards "
    "sincerely yours please welcome best kind warm cheers love mum dad mom grandma grandpa "
    "north south east west northern southern eastern western uk us usa eu gb utc gmt cet ai "
    "it hr pr cv sms usb gps atm pin cd dvd pc app gmail google facebook whatsapp "
    # They begin a sentence after one whose full stop was forgotten.
    "what when where who whose which why how would could should can do does did is are was were "
    "have has had if you we they he she there this that these those your our and but so then "
    "sorry yes unfortunately sure"
)
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Words with a capital that name nothing one could invent, in lower case."""
_TITLED = 0.6
"""Share of a line's words with a capital from which it is a heading, whose capitals name nothing."""
_REMEMBERED = 100_000
"""Different numbers, as written, whose meaning is kept: most texts of a set say the same ones."""
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
_END = re.compile(r"['’]s$|['’]$")


class Fact(NamedTuple):
    """``text`` as it is written, at its first place in the text."""

    sort: Sort
    text: str
    start: int
    end: int


@lru_cache(_REMEMBERED)
def readings(written: str) -> frozenset[Decimal]:
    """What a number may mean."""
    return _numbers.readings(written)


@lru_cache(_REMEMBERED)
def parts(written: str) -> tuple[str, ...]:
    """The runs of digits in what may also be several numbers; none for what can only be one."""
    return tuple(_numbers.parts(written))


def number_facts(text: str) -> Iterator[str]:
    """The numbers, without those that number the items of a list."""
    return numbers(text, items=False)


def name_facts(text: str) -> list[str]:
    """Words with a capital that name something; none out of headings and of words in capitals alone."""
    kept = "\n".join(line for line in text.split("\n") if not _is_title(line))
    found = map(naming, names(kept))
    return [bare for bare in found if bare is not None]


@lru_cache(_REMEMBERED)
def naming(word: str) -> str | None:
    """What a word with a capital names, without a possessive's s; None where it names nothing that
    one could invent."""
    if word[0].isdigit():
        return None
    bare = _END.sub("", word).strip("-'’")
    low = bare.casefold()
    if any(c.isdigit() for c in bare) or low.replace(".", "") in DAYS:
        return None
    if all(piece in DAYS for piece in low.split("-")):
        return None
    return bare if len(bare) > 1 and low not in _ORDINARY and low not in MONTHS else None


def date_facts(text: str) -> Iterator[str]:
    """Months that stand in dates, and days of the week, as they are written."""
    for match in _DATED.finditer(text):
        month = next(group for group in match.groups() if group)
        if month not in _LOWER:
            yield month
    for match in _DAY.finditer(text):
        yield match.group().rstrip("s") if match.group().endswith("ys") else match.group()


def _is_title(line: str) -> bool:
    words = _WORDS.findall(line)
    if len(words) < 3:
        return False
    capitals = sum(1 for word in words if word[0].isupper())
    return capitals > _TITLED * len(words)


def stands(number: str, text: str) -> bool:
    """Whether a number stands in a text as it is written, and not as a part of a longer one."""
    at = text.find(number)
    while at >= 0:
        end = at + len(number)
        if not (at and text[at - 1].isdigit()) and not text[end : end + 1].isdigit():
            return True
        at = text.find(number, at + 1)
    return False


def placed(text: str, fact: str, sort: Sort) -> Fact:
    """The fact with its first place."""
    start = at = max(0, text.find(fact))
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(fact) : at + len(fact) + 1]
        if not any(c.isdigit() if sort == "number" else c.isalnum() for c in around):
            start = at
            break
        at = text.find(fact, at + 1)
    return Fact(sort, fact, start, start + len(fact))


def values(text: str) -> Iterator[Decimal]:
    """What all numbers of a text may mean; list items are counted too."""
    for number in numbers(text):
        yield from readings(number)
        for part in parts(number):
            yield from readings(part)


__all__ = [
    "DAYS",
    "MONTHS",
    "Fact",
    "date_facts",
    "name_facts",
    "naming",
    "number_facts",
    "parts",
    "placed",
    "readings",
    "stands",
    "values",
]
