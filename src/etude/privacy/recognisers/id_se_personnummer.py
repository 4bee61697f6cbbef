"""Swedish personal numbers: a day of birth and Luhn over the last ten digits (SKV 704)."""

from __future__ import annotations

from etude.privacy.checksums import luhn
from etude.privacy.digits import is_short_day, number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    short = digits[-10:]
    day = int(short[4:6])
    plain = f"{short[:4]}{day - 60 if day > 60 else day:02d}"
    return is_short_day(plain) and luhn(short)


RECOGNISER = number(
    NATIONAL_ID,
    "Swedish personal number",
    r"(?:19|20)?\d{6}[-+]?\d{4}",
    _valid,
    words=("personnummer", "person-?nr", "samordningsnummer", "personal number"),
    own=r"(?:19|20)?\d{6}[-+]\d{4}",
)
