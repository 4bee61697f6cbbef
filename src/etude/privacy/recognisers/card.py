"""Payment cards: a known issuer's first digits and length, and Luhn (ISO/IEC 7812-1).

One run of sixteen digits in forty fits by chance, so those after "order" or "tracking" are none, and
issuers without a narrow range (Maestro, UnionPay) need the word "card" near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.checksums import luhn
from etude.privacy.context import near, numbered, stands_near
from etude.privacy.sorts import CARD

_SHAPE = re.compile(r"(?<![\w+#])(?<!\d[ .-])\d(?:[ -]?\d){11,18}(?![ -]?\d)(?!\w)")
_NARROW = re.compile(
    r"4(\d{15}|\d{18})|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(0[0-5]|[68]\d)\d{11}|35(2[89]|[3-8]\d)\d{12}|6(011|4[4-9]\d|5\d\d)\d{12}"
)
_WIDE = re.compile(r"4\d{12}|62\d{14,17}|(50|5[6-9]|6\d)\d{10,17}")
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}")
_NEAR = near(
    "card",
    "cards",
    "visa",
    "mastercard",
    "amex",
    "american express",
    "discover",
    "diners",
    "maestro",
    "credit",
    "debit",
    "cvv",
    "cvc",
    "expiry",
    "exp",
    r"\w*karte\w*",
    "carte",
    "tarjeta",
    "carta",
)


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if not luhn(digits) or len(set(digits)) == 1:
            continue
        start, end = match.span()
        told = stands_near(_NEAR, text, start, end)
        if not told and (numbered(text, start, end) or not _NARROW.fullmatch(digits)):
            continue
        if _NARROW.fullmatch(digits) or _WIDE.fullmatch(digits):
            grouped = _GROUPED.fullmatch(match.group()) is not None
            yield Place(start, end, 1.0 if told else 0.9 if grouped else 0.6)


RECOGNISER = Recogniser(CARD, "payment card number", (r"[0-9](?:[ -]?[0-9]){11}",), _find)
