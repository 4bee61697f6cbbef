"""Finnish personal identity codes: the check character is the number by 31 (Digital and Population
Data Services Agency, "The personal identity code").
"""

from __future__ import annotations

from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID

_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _valid(digits: str) -> bool:
    plain = digits if len(digits) == 10 else digits[:6] + digits[7:]
    day = plain[4:6] + plain[2:4] + plain[:2]
    return is_short_day(day) and _CHECK[int(plain[:9]) % 31] == plain[9]


RECOGNISER = number(
    NATIONAL_ID,
    "Finnish personal identity code",
    r"\d{6}[-+a-fu-y]\d{3}[0-9a-fhj-np-y]",
    _valid,
    words=("hetu", "henkilötunnus", "personal identity code"),
    own=r"(?i)\d{6}[-+a-fu-y]\d{3}[0-9a-fhj-np-y]",
)
