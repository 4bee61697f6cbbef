"""Canadian social insurance numbers: nine digits by Luhn, the first never 8
(ESDC, "SIN Code of Practice").
"""

from __future__ import annotations

from etude.privacy.checksums import luhn
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return digits[0] != "8" and luhn(digits)


RECOGNISER = number(
    NATIONAL_ID,
    "Canadian social insurance number",
    r"\d{3}[ -]?\d{3}[ -]?\d{3}",
    _valid,
    words=("sin", "social insurance", "nas", "assurance sociale"),
)
