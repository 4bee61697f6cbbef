"""Texts as they are kept and as they are compared: normal forms and their hashes.

It knows one text at a time, and nothing of rows.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

ID_LENGTH = 16
"""Hexadecimal digits of a hash that names a row."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufeff]")
_ODD = re.compile("[^\t\n\x20-\x7e]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile(r"[^\w\s]+")


def normalise(text: str) -> str:
    """The text as it is kept: Unicode NFC, ``\\n`` line ends, no control characters, trimmed."""
    if _ODD.search(text) is None:
        return text.strip()
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip()


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: white space and zero-width characters alone."""
    return not text or (not text.isascii() and not _INVISIBLE.sub("", text).strip())


def normal_form(text: str) -> str:
    """The text as it is compared: what looks the same is the same.

    Compatibility caseless form (Unicode 15, D145, and NFKC), invisible characters dropped, white
    space collapsed to one space.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    text = unicodedata.normalize("NFKC", text.casefold())
    return " ".join(_INVISIBLE.sub("", text).split())


def bare_form(normal: str) -> str:
    """A normal form without punctuation: "where's my card?" and "wheres my card" are one."""
    return " ".join(_MARKS.sub("", normal).split())


def short_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the sha256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:ID_LENGTH]
