"""The words of a set: which ones several of its texts write in small letters.

There is no dictionary here, so what a set itself writes often is what it knows.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

_ROWS = 2
"""Texts with a word in small letters."""
_AT_ONCE = 20_000
_PARTED = r"\S*\p{L}[^\p{L}\p{N}\s'’.,;:!\"()/-]+\p{L}\S*"
"""Something with an odd sign between its letters: the pieces of "na?ve" are no words."""


def small_words(frame: pl.DataFrame) -> frozenset[str]:
    """Words that at least two different texts of a field write in small letters.

    Args:
        frame: with ``input`` and ``target``.
    """
    counts: Counter[str] = Counter()
    for field in ("input", "target"):
        counts += _counts(frame[field].fill_null(""))
    return frozenset(word for word, count in counts.items() if count >= _ROWS)


def words_of(texts: pl.Series, least: int) -> frozenset[str]:
    """Words that at least ``least`` different texts write in small letters."""
    return frozenset(word for word, count in _counts(texts).items() if count >= least)


def _counts(texts: pl.Series) -> Counter[str]:
    """Each word with how many different texts have it."""
    counts: Counter[str] = Counter()
    unique = texts.unique()
    for at in range(0, len(unique), _AT_ONCE):
        whole = unique.slice(at, _AT_ONCE).str.replace_all(_PARTED, " ")
        words = whole.str.extract_all(r"\b\p{Ll}[\p{L}'’\-]*")
        each = words.list.unique().explode().drop_nulls().value_counts()
        counts.update(dict(each.iter_rows()))
    return counts
