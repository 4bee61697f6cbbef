"""Words behind marks: letters written as digits and signs ("sh1t", "b!tch"), masked ("f**k") or drawn
out ("fuuuck").

It knows how words are disguised and none of the words; what a word may stand for is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LIKE = str.maketrans("@$!1037", "asiioet")
_MASKS = "*#"
_TOKEN = re.compile(r"(?<![\w@#/.*-])[A-Za-z$@][A-Za-z*#@$!0137]*[A-Za-z](?![\w@/*-])")
_THRICE = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIEVE = (
    r"(?i)[a-z$@][a-z]*[*#@$!0137]+[a-z]|[$@][a-z]"
    rf"|{'|'.join(letter * 3 for letter in _LETTERS)}"
)
"""For Rust: texts that may hold a disguised word."""


class Disguised(NamedTuple):
    """A token that is no word as it stands, where it stands, and how it may be read: in small letters,
    masks as they are."""

    start: int
    end: int
    readings: tuple[str, ...]


def disguised(text: str) -> Iterator[Disguised]:
    """Tokens that are written in a way no word is."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not token.isalpha() or _THRICE.search(token):
            yield Disguised(*match.span(), tuple(_readings(token.lower())))


def _readings(token: str) -> Iterator[str]:
    plain = token.translate(_LIKE)
    yield _THRICE.sub(r"\1", plain)
    yield _THRICE.sub(r"\1\1", plain)


def stands_for(reading: str, words: frozenset[str]) -> bool:
    """Whether a masked reading is one of ``words``: a run of masks stands for at least as many
    letters and at most two more, and most letters are to be seen ("f*ck", "s**t", no "s*t")."""
    letters, masks = sum(map(str.isalpha, reading)), sum(map(reading.count, _MASKS))
    if not masks or letters < 2 or letters + masks < 4:
        return False
    parts = re.split(rf"([{_MASKS}]+)", reading)
    pattern = "".join(
        rf"[a-z]{{{len(part)},{len(part) + 2}}}" if part[:1] in _MASKS else re.escape(part)
        for part in parts
        if part
    )
    return any(re.fullmatch(pattern, word) for word in words)
