"""South African identity numbers: a day of birth and Luhn (Department of Home Affairs)."""

from __future__ import annotations

from etude.privacy.checksums import luhn
from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return is_short_day(digits[:6]) and luhn(digits)


RECOGNISER = number(
    NATIONAL_ID,
    "South African identity number",
    r"\d{6} ?\d{4} ?[01]\d{2}",
    _valid,
    words=("id number", "id no", "identity number", "rsa id", "sa id"),
)
