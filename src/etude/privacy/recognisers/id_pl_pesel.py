"""Polish PESEL: a day of birth with the century in the month, and a check digit
(gov.pl, "Czym jest PESEL").
"""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    month = int(digits[2:4]) % 20
    if not 1 <= month <= 12 or not 1 <= int(digits[4:6]) <= 31:
        return False
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


RECOGNISER = number(
    NATIONAL_ID,
    "Polish PESEL",
    r"\d{11}",
    _valid,
    words=("pesel",),
)
