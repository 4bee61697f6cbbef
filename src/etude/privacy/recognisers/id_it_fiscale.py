"""Italian fiscal codes: sixteen letters and digits with a check letter (Decreto 12 marzo 1974)."""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID

_ODD = "BAFHJNPRTVCESULDGIMOQKWZYX"
"""Values of letters (A first) and of digits at odd places, as letters: B is 1, A is 0."""


def _valid(digits: str) -> bool:
    places = [ord(letter) - 65 if letter.isalpha() else int(letter) for letter in digits[:15]]
    total = sum(ord(_ODD[place]) - 65 for place in places[::2]) + sum(places[1::2])
    return chr(65 + total % 26) == digits[15]


RECOGNISER = number(
    NATIONAL_ID,
    "Italian fiscal code",
    r"[a-z]{6}[0-9lmnp-v]{2}[abcdehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]",
    _valid,
    words=("codice fiscale", "fiscale"),
    own=r"(?i)[a-z0-9]{16}",
)
