"""Turkish identity numbers: eleven digits, the last two check (Nüfus ve Vatandaşlık İşleri)."""

from __future__ import annotations

from etude.privacy.digits import number
from etude.privacy.sorts import NATIONAL_ID


def _valid(digits: str) -> bool:
    odd, even = sum(map(int, digits[:9:2])), sum(map(int, digits[1:8:2]))
    tenth = (odd * 7 - even) % 10
    return digits[9:] == f"{tenth}{(odd + even + tenth) % 10}"


RECOGNISER = number(
    NATIONAL_ID,
    "Turkish identity number",
    r"[1-9]\d{10}",
    _valid,
    words=("kimlik\\w*", "tckn", "tc no"),
)
