"""Security codes of cards: three or four digits that a word names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import CARD_CODE

_SHAPE = re.compile(
    r"\b(?:cvv2?|cvc2?|cvn|card security code|card verification (?:code|value))"
    r"(?:[ :=.,\"']|(?:number|code|is|was)\b){0,8}(\d{3,4})(?![\w])(?![.,]\d)",
    re.IGNORECASE,
)


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        yield Place(*match.span(1), 0.95)


RECOGNISER = Recogniser(CARD_CODE, "card security code", (r"(?i)cv[vcn]|card (?:sec|ver)",), _find)
