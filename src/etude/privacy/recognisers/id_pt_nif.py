"""Portuguese NIF: nine digits by modulus 11 (Decreto-Lei 14/2013)."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    check = 11 - weighted(digits, range(9, 1, -1)) % 11
    return int(digits[8]) == (0 if check > 9 else check)


RECOGNISER = number(
    NATIONAL_ID,
    "Portuguese tax number (NIF)",
    r"[1-35689]\d{2} ?\d{3} ?\d{3}",
    _valid,
    words=("nif", "contribuinte"),
)
