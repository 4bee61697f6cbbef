"""Places by latitude and longitude: two decimals with four places or more, or degrees with N and E.

A list of numbers is no place, nor are two numbers below 1 (they are scores or vectors).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import COORDINATES

_DECIMAL = re.compile(
    r"(?<![\w.,-])(?<![,;] )(-?\d{1,2}\.\d{4,})°?,\s{0,2}(-?\d{1,3}\.\d{4,})°?"
    r"(?![\w.])(?!\s?[,;]\s?-?\d)"
)
_NAMED = re.compile(
    r"(-?\d{1,2}\.\d{3,})\s?°?\s?[NS][,; ]\s{0,2}(-?\d{1,3}\.\d{3,})\s?°?\s?[EWO](?!\w)"
)
_DEGREES = re.compile(
    r"(?<!\w)\d{1,2}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[NS][, ]{0,3}"
    r"\d{1,3}°\s?\d{1,2}['′]\s?(?:\d{1,2}(?:\.\d+)?[\"″]\s?)?[EWO](?!\w)"
)


def _find(text: str) -> Iterator[Place]:
    for pattern in (_DECIMAL, _NAMED):
        for match in pattern.finditer(text):
            north, east = abs(float(match.group(1))), abs(float(match.group(2)))
            if north <= 90 and east <= 180 and max(north, east) >= 1:
                yield Place(*match.span(), 0.8)
    for match in _DEGREES.finditer(text):
        yield Place(*match.span(), 0.95)


RECOGNISER = Recogniser(
    COORDINATES,
    "place by coordinates",
    (r"[0-9]\.[0-9]{3,}[ °]{0,2}[NS]?[,; ]|[0-9]°\s?[0-9]{1,2}['′]",),
    _find,
)
