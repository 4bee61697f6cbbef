"""Dutch citizen service numbers (BSN): the "elfproef", the last digit weighing -1
(Besluit burgerservicenummer).
"""

from __future__ import annotations

from etude.privacy.checksums import weighted
from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    return len(set(digits)) > 1 and weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


RECOGNISER = number(
    NATIONAL_ID,
    "Dutch citizen service number (BSN)",
    r"\d{4}[ .]?\d{2}[ .]?\d{3}",
    _valid,
    words=("bsn", "burgerservicenummer", "sofinummer", "sofi"),
)
