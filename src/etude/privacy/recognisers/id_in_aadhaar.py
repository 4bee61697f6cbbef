"""Indian Aadhaar numbers: twelve digits by Verhoeff, the first 2 to 9 (UIDAI, "Aadhaar Number")."""

from __future__ import annotations

from etude.privacy.checksums import verhoeff
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return len(set(digits)) > 2 and verhoeff(digits)


RECOGNISER = number(
    NATIONAL_ID,
    "Aadhaar number",
    r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}",
    _valid,
    words=("aadhaar", "aadhar", "adhaar", "adhar", "uidai", "uid"),
)
