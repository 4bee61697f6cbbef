"""Australian Medicare cards: eight digits, a check digit, an issue number
(Healthcare Identifiers guide).
"""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(digits[8])


RECOGNISER = number(
    NATIONAL_ID,
    "Australian Medicare number",
    r"[2-6]\d{3}[ -]?\d{5}[ -]?\d",
    _valid,
    words=("medicare",),
)
