"""Danish CPR numbers: a day of birth and four digits; the check digit is no longer kept
(CPR-kontoret).
"""

from __future__ import annotations

from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return is_short_day(digits[4:6] + digits[2:4] + digits[:2])


RECOGNISER = number(
    NATIONAL_ID,
    "Danish CPR number",
    r"\d{6}-?\d{4}",
    _valid,
    words=("cpr\\w*", "personnummer"),
)
