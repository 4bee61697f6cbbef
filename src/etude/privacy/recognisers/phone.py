"""Phone numbers: international ones (ITU-T E.164), North American ones, national ones.

A number that begins with + and a country's code is one by itself; so are North American groups of
3-3-4, national groups that begin with 0, and an area code in brackets before two groups. Everything
else needs "call", "phone" … right before it. What stands after "order", "ticket", "tracking" … is
none, nor is a date or a book's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.context import leads, led_by, near, numbered, stands_near
from etude.privacy.digits import SIX_DIGITS
from etude.privacy.sorts import PHONE

_CODES = re.compile(
    r"1[2-9]|7|2[07]|2[1-69]\d|3[0-469]|3[578]\d|4[0134-9]|42[013]|5[1-8]|5[09]\d|6[0-6]|6[789]\d"
    r"|8[1246]|8[058]\d|9[0-58]|9[679]\d"
)
"""Country codes in use (ITU-T E.164, annex to the Operational Bulletin)."""
_INTERNATIONAL = re.compile(
    r"(?<![\w.+*/=-])(?:\+[ ]?|00[ ./-]?(?=[1-9]))\(?\d(?:(?:\(0\)|[ ./()-]{0,3})\d){6,14}(?![\w])"
)
_AMERICAN = re.compile(
    r"(?<![\w.+#/-])(?:1[ .-])?(?:\([2-9]\d{2}\)[ -]?"
    r"|[2-9]\d{2}([ .-]))[2-9]\d{2}[ .-]\d{4}(?![\w-])"
)
_NATIONAL = re.compile(
    r"(?<![\w.,+#/-])\(?0[1-9]\d{0,4}(?:\) ?"
    r"|[ ./-]{1,3})\d{2,8}(?:[ ./-]{1,2}\d{2,5}){0,4}(?!\w)(?![.,/-]\d)"
)
_BRACKETED = re.compile(r"(?<![\w.,+#/-])\(\d{2,5}\) ?\d{3,5}[ .-]\d{3,4}(?![\w])(?![.,/-]\d)")
_YEARS = re.compile(r"\)\D?(?:1[89]|20)\d\d\D(?:1[89]|20)\d\d$")
"""After a number in brackets, of a note or a list: "(12) 2004-2010"."""
_ANY = re.compile(r"(?<![\w.,+#/-])\(?\d(?:[ ./()-]{0,2}\d){6,12}(?!\w)(?![.,/-]\d)")
_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1\d{2,4}(?!\d|\1\d)|\d{4}([./-])\d{1,2}\2\d{1,2}(?!\d|\2\d)"
)
"""Three parts with one mark between them; a fourth makes it none: 01.42.67.43.55."""
_GROUPED = re.compile(r"00[1-9]\d{0,2}[ ./()-]+\d+[ ./()-]+\d")
_EQUAL = re.compile(r"\d{3}([ .-])\d{3}\1\d{3}|\d{4}([ .-])\d{4}\2\d{4}")
_PLACES = re.compile(r"\d[ ./-]\d$")
_BOOK = near("isbn", "issn", "ean", "gtin", "doi")
_WORDS = (
    "phone",
    "phones",
    "telephone",
    "tel",
    "ph",
    "mobile",
    "mob",
    "cell",
    "cellphone",
    "call",
    "calls",
    "called",
    "calling",
    "dial",
    "ring",
    "rang",
    "whatsapp",
    "whats app",
    "fax",
    "text",
    "texted",
    "sms",
    "contact",
    "reach",
    "landline",
    r"\w*telefon\w*",
    r"handy\w*",
    r"mobil\w*",
    r"\w*rufnummer",
    "anrufen",
    "téléphone",
    "portable",
    "teléfono",
    "móvil",
    "celular",
    "telefono",
    "cellulare",
    "telefoon",
)
_LED = led_by(*_WORDS, further="|from")
_MINE = led_by("my number", "this number", "his number", "her number", "meine nummer")
_NEAR = near(*_WORDS)


def _find(text: str) -> Iterator[Place]:
    for match in _INTERNATIONAL.finditer(text):
        if not _international(match.group()):
            continue
        if not match.group().startswith("00"):
            yield Place(*match.span(), 0.98)
        elif stands_near(_NEAR, text, *match.span()) or _grouped(text, match):
            yield Place(*match.span(), 0.9)
    for pattern, certainty in ((_AMERICAN, 0.9), (_NATIONAL, 0.75), (_BRACKETED, 0.75)):
        for match in pattern.finditer(text):
            if _national(text, match, spaced=pattern is _AMERICAN):
                yield Place(*match.span(), certainty)
    for match in _ANY.finditer(text):
        told = leads(_LED, text, match.start()) or leads(_MINE, text, match.start())
        if told and not numbered(text, *match.span()) and not _DATE.match(match.group()):
            yield Place(*match.span(), 0.85)


def _international(found: str) -> bool:
    digits = re.sub(r"\D", "", found.replace("(0)", "")).removeprefix("00")
    if digits.startswith("1") and len(digits) != 11:
        return False
    return 8 <= len(digits) <= 15 and _CODES.match(digits) is not None and len(set(digits)) > 2


def _grouped(text: str, match: re.Match[str]) -> bool:
    """Whether 00 stands for +, by its groups: "0049 40 391537", but not "0049 4012 3456 7890"."""
    found = match.group()
    fours = re.fullmatch(r"\d{4}(?:[ -]\d{4})+", found) is not None
    return _GROUPED.match(found) is not None and not fours and not numbered(text, *match.span())


def _national(text: str, match: re.Match[str], *, spaced: bool) -> bool:
    found, start = match.group(), match.start()
    digits = sum(letter.isdigit() for letter in found)
    if numbered(text, start, match.end()) or _BOOK.search(text, max(0, start - 30), start):
        return False
    if _DATE.match(found.strip("( ")) or not 9 <= digits <= 12 or _PLACES.search(found):
        return False
    if _YEARS.search(found):
        return False
    # "212 555 0199" in blanks alone could be three quantities, "0123 4567 8901" a parcel's.
    plain = spaced and found.replace(" ", "").isdigit()
    plain = plain or _EQUAL.fullmatch(found) is not None
    return not plain or stands_near(_NEAR, text, *match.span())


RECOGNISER = Recogniser(PHONE, "phone number", (SIX_DIGITS,), _find)
