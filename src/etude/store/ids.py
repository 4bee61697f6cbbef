"""Names that are made here: a word for people and 24 characters that nobody guesses."""

from __future__ import annotations

import secrets
import string
import time

_LETTERS = string.ascii_letters + string.digits


def made(prefix: str) -> str:
    """``prefix`` and 24 random letters and digits (142 bits)."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(24))


def possible(name: str) -> bool:
    """Whether a name from outside can be one of ours at all: plain letters, digits and marks.

    Databases refuse some others (a NUL, half of a character), each in its own way.
    """
    return name.isascii() and name.isprintable()


def now() -> int:
    """Seconds since 1970, as the API has them."""
    return int(time.time())
