"""Irish PPS numbers: seven digits and a letter by 23 (Social Welfare Acts; Revenue, "PPSN")."""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    second = "WABCDEFGHI".index(digits[8]) if len(digits) == 9 else 0
    total = weighted(digits[:7], range(8, 1, -1)) + 9 * second
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == digits[7]


RECOGNISER = number(
    NATIONAL_ID,
    "Irish PPS number",
    r"\d{7}[a-w][a-iw]?",
    _valid,
    words=("pps", "ppsn", "pps number"),
)
