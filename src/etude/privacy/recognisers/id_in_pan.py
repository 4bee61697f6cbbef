"""Indian PAN: five letters, four digits, a letter; the fourth names the holder
(Income-tax Rules, 114).
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return len(digits) == 10


RECOGNISER = number(
    NATIONAL_ID,
    "Indian tax number (PAN)",
    r"[a-z]{3}[abcfghljpt][a-z]\d{4}[a-z]",
    _valid,
    words=("pan", "permanent account", "pan card", "pan number"),
    long=False,
)
