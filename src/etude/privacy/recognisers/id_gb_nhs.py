"""UK NHS numbers: ten digits, the last by modulus 11 (NHS Data Dictionary, "NHS NUMBER")."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    check = 11 - weighted(digits, range(10, 1, -1)) % 11
    return check != 10 and check % 11 == int(digits[9]) and len(set(digits)) > 1


RECOGNISER = number(
    NATIONAL_ID,
    "NHS number",
    r"\d{3}[ -]?\d{3}[ -]?\d{4}",
    _valid,
    words=("nhs", "nhs number", "health service"),
)
