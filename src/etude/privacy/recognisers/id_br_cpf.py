"""Brazilian CPF: two check digits by modulus 11 (Receita Federal, Instrução Normativa 1.548)."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    first = weighted(digits, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(digits, range(11, 1, -1)) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[9:] == f"{first}{second}"


RECOGNISER = number(
    NATIONAL_ID,
    "Brazilian tax number (CPF)",
    r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}",
    _valid,
    words=("cpf",),
    own=r"\d{3}\.\d{3}\.\d{3}-\d{2}",
)
