"""German identity cards: nine letters and digits and a check digit (ICAO Doc 9303, part 3)."""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    if not any(letter.isdigit() for letter in digits) or digits[0].isdigit():
        return False
    values = [int(letter, 36) for letter in digits]
    total = sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values[:9]))
    return len(digits) == 9 or total % 10 == values[9]


RECOGNISER = number(
    NATIONAL_ID,
    "German identity card",
    r"[cfghjklmnprtvwxyz\d]{9}\d?",
    _valid,
    words=("personalausweis\\w*", "ausweis\\w*", "identity card", "id card"),
    long=False,
)
