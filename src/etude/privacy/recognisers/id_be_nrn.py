"""Belgian national numbers: a day of birth, a serial, and 97 less the rest by 97
(IBZ, "Rijksregister").
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    if int(digits[2:4]) > 12 or int(digits[4:6]) > 31:
        return False
    key = int(digits[9:])
    return key in (97 - int(digits[:9]) % 97, 97 - int(f"2{digits[:9]}") % 97)


RECOGNISER = number(
    NATIONAL_ID,
    "Belgian national number",
    r"\d{2}\.?\d{2}\.?\d{2}[- ]?\d{3}\.?\d{2}",
    _valid,
    words=("rijksregister\\w*", "registre national", "national number", "insz", "niss"),
    own=r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",
)
