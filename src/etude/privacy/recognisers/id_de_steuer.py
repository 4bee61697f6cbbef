"""German tax numbers of persons (Steuer-ID).

Eleven digits: of the first ten one stands twice or three times; ISO 7064 MOD 11,10
(Bundeszentralamt für Steuern, "Aufbau der Identifikationsnummer").
"""

from __future__ import annotations

from etude.privacy.checksums import mod_11_10
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    most = max(digits[:10].count(digit) for digit in set(digits[:10]))
    return most in (2, 3) and mod_11_10(digits)


RECOGNISER = number(
    NATIONAL_ID,
    "German tax number (Steuer-ID)",
    r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}",
    _valid,
    words=(
        "steuer-?id\\w*",
        "steuer-?identifikationsnummer",
        "identifikationsnummer",
        "idnr",
        "steuernummer",
        "tin",
        "tax id",
        "tax number",
    ),
)
