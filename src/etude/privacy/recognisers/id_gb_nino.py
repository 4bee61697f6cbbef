"""UK National Insurance numbers.

No check digit; letters that are never used as HMRC's manual NIM39110 lists them.
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    first, second = digits[0], digits[1]
    if first in "DFIQUV" or second in "DFIQUVO":
        return False
    return digits[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


RECOGNISER = number(
    NATIONAL_ID,
    "UK National Insurance number",
    r"[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]",
    _valid,
    words=("nino", "national insurance", "ni number", "ni no", "insurance number"),
    own=r"[A-Z]{2} \d{2} \d{2} \d{2} [A-D]|[A-Z]{2}\d{6}[A-D]",
)
