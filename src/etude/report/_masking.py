"""Personal data in texts, found by its form: e-mail addresses, phone numbers, IBANs, cards.

Numbers of orders, tickets and the like stay, because they tell people which row they look at: a
card must have a known issuer's first digits and a right check digit (ISO/IEC 7812-1), an IBAN its
country's length and check digits (ISO 13616), and a bare run of digits is never a phone number
unless it begins like one. Names and addresses of people have no form, so they are not found.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^\s@<>\"'(),;:\[\]\\]{1,64}@[^\s@<>\"'(),;:\[\]\\/]{1,190}\.[^\W\d_]{2,24}")
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,36}")
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
_LENGTH_OF = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK MN",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IR IS TR",
        27: "BI CI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV BF CM MA",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
"""Letters and digits of an IBAN by country (the SWIFT registry)."""


def mask(text: str) -> str:
    """``text`` with personal data replaced by ``[e-mail]``, ``[IBAN]``, ``[card]``, ``[phone]``."""
    text = _EMAIL.sub("[e-mail]", text)
    text = _IBAN.sub(_iban, text)
    text = _CARD.sub(_card, text)
    for pattern in (_INTERNATIONAL, _NORTH_AMERICAN, _NATIONAL):
        text = pattern.sub(_phone, text)
    return text


def _iban(match: re.Match[str]) -> str:
    """The IBAN at the start of a match, which may run on into the next words."""
    found = match.group()
    length = _LENGTH_OF.get(found[:2].upper())
    if length is None:
        return found
    places = [place for place, letter in enumerate(found) if letter.isalnum()][:length]
    end = places[-1] + 1
    iban = "".join(found[place] for place in places)
    if len(iban) < length or found[end : end + 1].isalnum() or not _mod_97(iban):
        return found
    return f"[IBAN]{found[end:]}"


def _mod_97(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    return "[card]" if _ISSUERS.match(digits) and luhn(digits) else match.group()


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


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
