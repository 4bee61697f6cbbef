"""Names that are made here: a word for people and 24 characters that nobody guesses."""

from __future__ import annotations

import secrets
import string
import time

_LETTERS = string.ascii_letters + string.digits
_COUNT = 24
_FAIR = 256 - 256 % len(_LETTERS)
"""Bytes from here on would favour the first letters, and are passed over."""


def made(prefix: str) -> str:
    """``prefix`` and 24 random letters and digits (142 bits)."""
    found: list[str] = []
    while len(found) < _COUNT:
        # Asking the system once for all takes a sixth of the time of once a letter.
        some = secrets.token_bytes(2 * _COUNT)
        found += [_LETTERS[byte % len(_LETTERS)] for byte in some if byte < _FAIR]
    return prefix + "".join(found[:_COUNT])


def possible(name: str) -> bool:
    """Whether a name from outside can be one of ours at all: plain letters, digits and marks.

    Databases refuse some others (a NUL, half of a character), each in its own way.
    """
    return name.isascii() and name.isprintable()


def now() -> int:
    """Seconds since 1970, as the API has them."""
    return int(time.time())
