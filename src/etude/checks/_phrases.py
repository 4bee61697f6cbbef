"""Phrases found in text as whole words, however the text is spaced and its apostrophes are drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import regex

from etude.checks._spec import Spec

# Scripts that put no spaces between words have no boundaries to ask for.
_JOINED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[\w--[{_JOINED}]]"
FOLDED = int(regex.V1 | regex.IGNORECASE | regex.FULLCASE)
"""Flags of patterns that take capitals and small letters for the same."""
_APOSTROPHES = str.maketrans("’‘ʼ′", "''''")


def flags(spec: Spec) -> int:
    """The key ``case`` (ignore where nothing is written) as a flag of patterns."""
    ignored = spec.choice("case", "ignore", ("ignore", "match")) == "ignore"
    return FOLDED if ignored else int(regex.V1)


def occurring(phrases: Sequence[str], text: str, flags: int) -> list[str]:
    """Those of ``phrases`` that stand in ``text``, in their order."""
    plain = _plain(text)
    return [phrase for phrase in phrases if _pattern(phrase, flags).search(plain)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES)


@lru_cache(maxsize=1_000)
def _pattern(phrase: str, flags: int) -> regex.Pattern[str]:
    parts = _plain(phrase).split()
    inside = r"\s+".join(regex.escape(part) for part in parts)
    before = rf"(?<!{_LETTER})" if regex.match(_LETTER, parts[0][0], regex.V1) else ""
    after = rf"(?!{_LETTER})" if regex.match(_LETTER, parts[-1][-1], regex.V1) else ""
    return regex.compile(before + inside + after, flags)
