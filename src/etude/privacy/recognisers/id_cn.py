"""Chinese resident numbers: 18 places, a day of birth, ISO 7064 MOD 11-2 (GB 11643-1999)."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import is_day, number
from etude.privacy.sorts import NATIONAL_ID

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _valid(digits: str) -> bool:
    if not is_day(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])):
        return False
    return "10X98765432"[weighted(digits[:17], _WEIGHTS) % 11] == digits[17]


RECOGNISER = number(
    NATIONAL_ID,
    "Chinese resident number",
    r"[1-9]\d{5}(?:19|20)\d{9}[\dx]",
    _valid,
    words=("身份证", "resident id", "identity"),
    own=r"\d{17}[\dXx]",
)
