"""Norwegian birth numbers: a day of birth and two check digits by modulus 11 (Skatteetaten)."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    first = -weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return digits[9:] == f"{first}{second}" and int(digits[2:4]) <= 12


RECOGNISER = number(
    NATIONAL_ID,
    "Norwegian birth number",
    r"\d{6} ?\d{5}",
    _valid,
    words=("fødselsnummer", "fodselsnummer", "personnummer", "fnr"),
)
