"""Spanish DNI and NIE: the letter is the number by 23
(Real Decreto 1553/2005; Orden INT/2058/2008).
"""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    number = digits[:-1].translate(str.maketrans("XYZ", "012"))
    return number.isdigit() and "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == digits[-1]


RECOGNISER = number(
    NATIONAL_ID,
    "Spanish identity number (DNI or NIE)",
    r"(?:\d{8}|[xyz]-?\d{7})[ -]?[a-z]",
    _valid,
    words=("dni", "nie", "nif", "documento", "identidad"),
    own=r"[XYZ]-?\d{7}-?[A-Z]|\d{8}-[A-Z]",
)
