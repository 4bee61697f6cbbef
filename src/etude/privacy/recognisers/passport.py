"""Passport numbers, which have no shape of their own: the word must stand before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.context import leads, led_by
from etude.privacy.sorts import PASSPORT

_SHAPE = re.compile(r"(?<![\w-])[A-Za-z0-9]{6,9}(?![\w-])")
_LED = led_by(
    "passport", r"reisepass\w*", "passeport", "pasaporte", "passaporto", "paspoort", "paszport"
)
_DIGITS = 5


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        enough = sum(letter.isdigit() for letter in match.group()) >= _DIGITS
        if enough and leads(_LED, text, match.start()):
            yield Place(*match.span(), 0.9)


RECOGNISER = Recogniser(
    PASSPORT,
    "passport number",
    (r"(?i)passport|reisepass|passeport|pasaporte|passaporto|paspoort|paszport", r"[0-9]"),
    _find,
)
