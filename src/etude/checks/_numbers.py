"""Numbers written in digits, whatever their separators: ``1,000.50``, ``1.000,50``, ``1 000``.

It knows no number words, no units and no signs: "-5" and "5 %" are both 5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_SPACE = " \u00a0\u2009\u202f"
_NUMBER = re.compile(rf"\d{{1,3}}(?:[{_SPACE}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*")
_MARKS = ((",", "."), (".", ","))
"""Which sign parts thousands, and which the decimals."""
_GROUPED = tuple(
    re.compile(rf"(?:\d{{1,3}}(?:[{thousands}]\d{{3}})+|\d+)(?:[{point}]\d+)?")
    for thousands, point in _MARKS
)
_GAPS = re.compile(rf"[{_SPACE}'’]")
_ITEM = re.compile(r"^[ \t]*\(?\d{1,2}[.)](?=\s)", re.MULTILINE)


def numbers(text: str, *, items: bool = True) -> Iterator[str]:
    """The numbers of ``text`` as they are written.

    Args:
        text: any text.
        items: with those that number a list's items ("1. ", "2) ").
    """
    for match in _NUMBER.finditer(text if items else _ITEM.sub("", text)):
        yield match.group()


def readings(written: str) -> frozenset[Decimal]:
    """What a number may mean: ``1.000`` is one, or a thousand where the dot parts thousands.

    None for what is no single number: the date ``5.1.2024``, the list ``1,2,3``.
    """
    digits = _GAPS.sub("", written)
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in digits)
    found = set()
    for grouped, (thousands, point) in zip(_GROUPED, _MARKS, strict=True):
        if grouped.fullmatch(digits):
            plain = digits.replace(thousands, "").replace(point, ".")
            found.add(Decimal(plain))
    return frozenset(found)


def parts(written: str) -> list[str]:
    """The runs of digits in what may also be several numbers: side by side, a date, a list.

    None for what can only be one.
    """
    several = not readings(written) or any(c in _SPACE for c in written)
    return re.findall(r"\d+", written) if several else []
