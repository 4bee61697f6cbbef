"""Mexican CURP: 18 places with a day of birth, sex, state and a check digit
(RENAPO, "Instructivo").
"""

from __future__ import annotations

from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID

_LETTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def _valid(digits: str) -> bool:
    total = sum(_LETTERS.index(letter) * (18 - at) for at, letter in enumerate(digits[:17]))
    return -total % 10 == int(digits[17]) and is_short_day(digits[4:10])


RECOGNISER = number(
    NATIONAL_ID,
    "Mexican population number (CURP)",
    r"[a-z][aeioux][a-z]{2}\d{6}[hmx][a-z]{2}[b-df-hj-np-tv-z]{3}[a-z\d]\d",
    _valid,
    words=("curp",),
    own=r"(?i)[a-z0-9]{18}",
)
