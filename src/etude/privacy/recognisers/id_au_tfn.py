"""Australian tax file numbers: weighted digits by 11
(Australian Taxation Office, validation algorithm).
"""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return len(set(digits)) > 1 and weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


RECOGNISER = number(
    NATIONAL_ID,
    "Australian tax file number",
    r"\d{3} ?\d{3} ?\d{3}",
    _valid,
    words=("tfn", "tax file"),
)
