"""French social security numbers (NIR).

Sex, year, month, department, commune, serial, and a key: 97 less the rest by 97; Corsica's 2A and
2B count as 19 and 18 (INSEE, "Numéro d'inscription au répertoire").
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    month = int(digits[3:5])
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return False
    plain = digits.replace("2A", "19", 1) if digits[5:7] == "2A" else digits
    plain = plain.replace("2B", "18", 1) if digits[5:7] == "2B" else plain
    return plain.isdigit() and 97 - int(plain[:13]) % 97 == int(plain[13:])


RECOGNISER = number(
    NATIONAL_ID,
    "French social security number",
    r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
    _valid,
    words=("sécurité sociale", "securite sociale", "nir", "insee", "numéro de sécu", "sécu"),
    own=r"(?i)[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}",
)
