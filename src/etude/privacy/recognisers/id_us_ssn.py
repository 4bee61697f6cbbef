"""US social security numbers.

No check digit; since 2011 any number but areas 000, 666 and 900 to 999, group 00 and serial 0000
(Social Security Administration, "Social Security Number Randomization"). Numbers that were printed
in advertisements are nobody's.
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID

_PRINTED = frozenset({"078051120", "219099999"})


def _valid(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or area >= "900" or group == "00" or serial == "0000":
        return False
    return digits not in _PRINTED and len(set(digits)) > 1


RECOGNISER = number(
    NATIONAL_ID,
    "US social security number",
    r"\d{3}([ -]?)\d{2}\1\d{4}",
    _valid,
    words=("ssn", "social security", "social number", "soc sec"),
    own=r"\d{3}-\d{2}-\d{4}",
)
