"""Licence plates, of which each country has its own shape: the words must stand before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.context import leads, led_by
from etude.privacy.sorts import PLATE

_SHAPE = re.compile(
    r"(?<![\w-])[A-ZÄÖÜ0-9]{1,4}(?:[ -][A-ZÄÖÜ0-9]{1,4}){0,2}[A-Z0-9]{0,4}(?![\w-])"
)
_LED = led_by(
    r"licen[cs]e plate",
    "number plate",
    "plate number",
    "plate",
    "reg plate",
    "vehicle registration",
    "car registration",
    r"\w*kennzeichen",
    "immatriculation",
    "matrícula",
    "targa",
)
_LEAST, _MOST = 4, 9


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        letters = [letter for letter in match.group() if letter.isalnum()]
        mixed = any(map(str.isdigit, letters)) and any(map(str.isalpha, letters))
        if mixed and _LEAST <= len(letters) <= _MOST and leads(_LED, text, match.start()):
            yield Place(*match.span(), 0.85)


RECOGNISER = Recogniser(
    PLATE,
    "licence plate",
    (r"(?i)plate|registration|kennzeichen|immatriculation|matrícula|targa", r"[0-9]"),
    _find,
)
