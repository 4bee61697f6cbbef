"""South Korean resident numbers: a day of birth, a digit for sex and century, a check digit
(Resident Registration Act).
"""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    check = (11 - weighted(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return is_short_day(digits[:6]) and check == int(digits[12])


RECOGNISER = number(
    NATIONAL_ID,
    "South Korean resident number",
    r"\d{6}-[1-8]\d{6}",
    _valid,
    words=("주민등록번호", "resident registration", "rrn"),
    own=r"\d{6}-[1-8]\d{6}",
)
