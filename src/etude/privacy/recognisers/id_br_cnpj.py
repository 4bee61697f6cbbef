"""Brazilian CNPJ: two check digits by modulus 11 (Receita Federal, Instrução Normativa 2.119)."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = weighted(digits[:12], weights[1:]) * 10 % 11 % 10
    second = weighted(digits[:13], weights) * 10 % 11 % 10
    return len(set(digits)) > 1 and digits[12:] == f"{first}{second}"


RECOGNISER = number(
    NATIONAL_ID,
    "Brazilian company number (CNPJ)",
    r"\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}",
    _valid,
    words=("cnpj",),
    own=r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}",
)
