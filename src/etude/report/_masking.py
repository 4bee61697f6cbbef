"""Personal data in texts that a page shows, found by their form, and secrets: ``[e-mail]``, ``[card]``.

What is found is ``etude.privacy``'s to say: addresses, numbers of phones, cards, banks and identities,
keys and passwords. A page goes further than a finding must, for a mask too many costs little: every
e-mail address, a desk's too, and numbers that only begin like a phone's. Numbers of orders, tickets and
the like stay, because they tell people which row they look at. Names and addresses of people have no
form, so they are not masked.
"""

from __future__ import annotations

import re
from functools import cache

from etude.privacy import Recogniser, all_recognisers, matches
from etude.privacy.context import numbered

_WORDS = {"EMAIL": "e-mail", "PHONE": "phone", "IBAN": "IBAN", "CARD": "card"}
_MASKED = {*_WORDS, "NATIONAL_ID"}
_EMAIL = re.compile(r"[^\s@<>\"'(),;:\[\]\\]{1,64}@[^\s@<>\"'(),;:\[\]\\/]{1,190}\.[^\W\d_]{2,24}")
_PHONES = (
    re.compile(r"(?<![\w.])(?:\+|00(?=[ ./(-]?[1-9]))[ ]?\(?\d(?:[ ./()-]{0,3}\d){6,14}(?!\d)"),
    re.compile(
        r"(?<![\w.-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\d-])"
    ),
    re.compile(r"(?<![\w.,/+-])\(?0[1-9]\d{0,4}\)?(?:[ ./-]{0,2}\d){5,10}(?![\d])"),
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)")


def mask(text: str) -> str:
    """``text`` with personal data of a form, and secrets, replaced by what they are."""
    for place in reversed(matches(text, _by_form())):
        word = _WORDS.get(place.sort.tag, place.sort.noun)
        text = f"{text[: place.start]}[{word}]{text[place.end :]}"
    text = _EMAIL.sub("[e-mail]", text)
    for pattern in _PHONES:
        text = pattern.sub(_phone, text)
    return text


@cache
def _by_form() -> tuple[Recogniser, ...]:
    chosen = (one for one in all_recognisers() if one.sort.secret or one.sort.tag in _MASKED)
    return tuple(chosen)


def _phone(match: re.Match[str]) -> str:
    found = match.group()
    if _DATE.match(found.strip("( ")):
        return found
    # "+44 …" is a phone number whatever stands before it; "order 0412 3456" is an order. What follows
    # is not asked: a page rather masks a number too many.
    upto = match.string[: match.end()]
    if not found.startswith("+") and numbered(upto, *match.span()):
        return found
    digits = sum(letter.isdigit() for letter in found)
    return "[phone]" if 8 <= digits <= 15 else found
