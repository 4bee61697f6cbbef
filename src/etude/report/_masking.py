"""Personal data in texts, found by its form: e-mail addresses, phone numbers, IBANs, cards.

Numbers of orders, tickets and the like stay, because they tell people which row they look at: a
card must have a known issuer's first digits and a right check digit (ISO/IEC 7812-1), an IBAN its
country's length and check digits (ISO 13616), and a bare run of digits is never a phone number
unless it begins like one. Names and addresses of people have no form, so they are not found.
"""

from __future__ import annotations

import re

from etude.privacy.checksums import luhn
from etude.privacy.recognisers import iban

_EMAIL = re.compile(r"[^\s@<>\"'(),;:\[\]\\]{1,64}@[^\s@<>\"'(),;:\[\]\\/]{1,190}\.[^\W\d_]{2,24}")
_CARD = re.compile(r"(?<![\d+])(?<!\d[ .-])\d(?:[ -]?\d){11,18}(?![ -]?\d)")
_ISSUERS = re.compile(
    r"4(\d{12}|\d{15}|\d{18})$|5[1-5]\d{14}$|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}$"
    r"|3[47]\d{13}$|3(0[0-5]|[68]\d)\d{11}$|35\d{14}$|6(011|4[4-9]\d|5\d\d)\d{12,15}$"
    r"|62\d{14,17}$|(50|5[6-9]|6[0-9])\d{10,17}$"
)
_INTERNATIONAL = re.compile(
    r"(?<![\w.])(?:\+|00(?=[ ./(-]?[1-9]))[ ]?\(?\d(?:[ ./()-]{0,3}\d){6,14}(?!\d)"
)
_NATIONAL = re.compile(r"(?<![\w.,/+-])\(?0[1-9]\d{0,4}\)?(?:[ ./-]{0,2}\d){5,10}(?![\d])")
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\d-])"
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)")
_NUMBERED = re.compile(
    r"(?:\b(?:order|orders|ticket|invoice|case|ref|reference|tracking|parcel|booking|receipt|"
    r"article|item|sku|serial|customer|contract|claim|bestellung|auftrag|rechnung)\b"
    r"[\s:#.,-]*(?:number|no|nr|id|is|was|code)?[\s:#.,-]*|#\s?)$",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """``text`` with personal data replaced by ``[e-mail]``, ``[IBAN]``, ``[card]``, ``[phone]``."""
    text = _EMAIL.sub("[e-mail]", text)
    text = _without_ibans(text)
    text = _CARD.sub(_card, text)
    for pattern in (_INTERNATIONAL, _NORTH_AMERICAN, _NATIONAL):
        text = pattern.sub(_phone, text)
    return text


def _without_ibans(text: str) -> str:
    for place in reversed(list(iban.RECOGNISER.find(text))):
        text = f"{text[: place.start]}[IBAN]{text[place.end :]}"
    return text


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return "[card]" if _ISSUERS.match(digits) and luhn(digits) else match.group()


def _phone(match: re.Match[str]) -> str:
    found = match.group()
    if _DATE.match(found.strip("( ")):
        return found
    before = match.string[max(0, match.start() - 40) : match.start()]
    # "+44 …" is a phone number whatever stands before it; "order 0412 3456" is an order.
    if not found.startswith("+") and _NUMBERED.search(before):
        return found
    digits = sum(letter.isdigit() for letter in found)
    return "[phone]" if 8 <= digits <= 15 else found
