"""What differs between two texts, and whether that changes what is meant.

It knows bare forms (``forms``), the texts as people wrote them, and how often each word comes in
all of them. Six answers: ``same`` (articles, contractions, a "please", a slip of the pen),
``polite`` (greetings, thanks),
``light`` (words that add little), ``close`` (other words, none of them known to matter), ``value``
(another number or name in the same place), ``other`` (a negation, a contrary, numbers and more).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from etude.audit._copies.courtesy import only_courtesy, without_courtesy
from etude.audit._copies.spelling import Spelling
from etude.audit._copies.words import (
    CONTRACTIONS,
    COURTESY,
    DIGITS,
    FILLERS,
    NEGATIONS,
    NUMBERS,
    OPPOSITES,
    SOFTENERS,
    VALUES,
)

Call = Literal["same", "polite", "light", "close", "value", "other"]

_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
_RAW = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DIGIT = re.compile(r"[0-9]")
_FEW = 2
_CHUNK = 100_000


@dataclass(frozen=True)
class Difference:
    """``mine``, ``theirs``: words that only one of the two has, fillers included."""

    call: Call
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    why: str = ""

    def said(self) -> str:
        """In words: ``"crad" for "card", "please" more``."""
        mine, theirs = " ".join(self.mine), " ".join(self.theirs)
        if mine and theirs:
            return f'"{mine}" where the other has "{theirs}"'
        if mine:
            return f'"{mine}" more'
        if theirs:
            return f'"{theirs}" less'
        return "only punctuation, spacing or the order of words differs"


class Wording:
    """Differences among T texts.

    Args:
        bare_T: bare forms.
        raw_T: the same texts as people wrote them.
    """

    def __init__(self, bare_T: pl.Series, raw_T: Sequence[str]) -> None:
        self._bare = bare_T.to_list()
        self._raw = raw_T
        counts, self._small = _vocabulary(bare_T, pl.Series("raw", raw_T, dtype=pl.String))
        self._spelling = Spelling(counts)

    def between(self, one: int, other: int, *, spelling: bool = True) -> Difference:
        """What differs between two of the texts.

        Args:
            one: a text's number.
            other: another's.
            spelling: a slip of the pen is no difference; False where every letter counts.
        """
        a, b = tokens(self._bare[one]), tokens(self._bare[other])
        mine, theirs = apart(a, b)
        if a == b or (spelling and "".join(a) == "".join(b)):
            return Difference("same", tuple(mine), tuple(theirs))
        if not mine and not theirs:
            return Difference("close", (), (), "the order of words")
        said = tuple(mine), tuple(theirs)
        plain_a, plain_b = without_courtesy(a), without_courtesy(b)
        polite = (len(plain_a), len(plain_b)) != (len(a), len(b))
        if (polite and plain_a == plain_b) or _only_polite(*said):
            return Difference("polite", *said)
        mine, theirs = _mattering(*(apart(plain_a, plain_b) if polite else said))
        if spelling:
            mine, theirs = self._without_slips(mine, theirs, one, other)
        why = self._meant(mine, theirs, one, other)
        if why:
            swapped = why in ("numbers", "names") and len(mine) == len(theirs) <= _FEW
            return Difference("value" if swapped else "other", *said, why)
        if not mine and not theirs and not polite:
            return Difference("same", *said)
        if COURTESY.issuperset([*mine, *theirs]):
            return Difference("polite", *said)
        light = len(mine) + len(theirs) <= _FEW and SOFTENERS.issuperset([*mine, *theirs])
        return Difference("light" if light else "close", *said)

    def _meant(self, mine: list[str], theirs: list[str], one: int, other: int) -> str:
        """Why the differing words matter; "" where none is known to."""
        words = [*mine, *theirs]
        if not VALUES.isdisjoint(words) or _has_digit("".join(words)):
            return "numbers"
        if sum(word in NEGATIONS for word in mine) != sum(word in NEGATIONS for word in theirs):
            return "negation"
        if any(OPPOSITES.get(word, frozenset()).intersection(theirs) for word in mine):
            return "contrary"
        if any(not word[0].isalnum() for word in words):
            return "signs"
        for text, some in ((one, mine), (other, theirs)):
            if some and any(self._is_name(word, text) for word in some):
                return "names"
        return ""

    def _is_name(self, word: str, text: int) -> bool:
        """A word with a capital that is never written without one, or not at a sentence's start."""
        if word in self._small:
            return False
        raw = self._raw[text]
        at = raw.find(word.capitalize())
        at = raw.find(word.upper()) if at < 0 else at
        if at < 0:
            return False
        words = _RAW.findall(raw)
        if 2 * sum(one[0].isupper() for one in words) > len(words) and len(words) > 2:
            return False
        before = raw[:at].rstrip()
        return bool(before) and before[-1] not in ".!?:\n"

    def _without_slips(
        self, mine: list[str], theirs: list[str], one: int, other: int
    ) -> tuple[list[str], list[str]]:
        # Of most words this tells at once that neither is the other, misspelt.
        rare = {word for word in (*mine, *theirs) if self._spelling.is_rare(word)}
        left = list(theirs)
        kept = []
        for word in mine:
            near = left if word in rare else [w for w in left if w[0] == word[0] or w in rare]
            slip = next((its for its in near if self._slipped(word, its, one, other)), None)
            if slip is None:
                kept.append(word)
            else:
                left.remove(slip)
        return kept, left

    def _slipped(self, mine: str, theirs: str, one: int, other: int) -> bool:
        if self._spelling.certainly(mine, theirs):
            return True
        # Two names a letter apart are two names, unless it is certain. What is quickly told of most
        # words comes first.
        return self._spelling.is_slip(mine, theirs) and not (
            self._is_name(mine, one) or self._is_name(theirs, other)
        )


def tokens(bare: str) -> list[str]:
    """Words of a bare form; of scripts without spaces, characters."""
    if not bare.isascii():
        bare = _UNSPACED.sub(r" \1 ", bare)
    return bare.split()


def apart(a: Sequence[str], b: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words that one has more often than the other, in their order."""
    begin, end = 0, min(len(a), len(b))
    while begin < end and a[begin] == b[begin]:
        begin += 1
    tail = 0
    while tail < end - begin and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    a, b = a[begin : len(a) - tail], b[begin : len(b) - tail]
    if not a or not b:
        return list(a), list(b)
    return _more(a, b), _more(b, a)


def _more(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """The words, each as often as it comes more often than among the others; the last ones."""
    if set(words).isdisjoint(others):
        return list(words)
    left: dict[str, int] = {}
    for word in others:
        left[word] = left.get(word, 0) + 1
    found = []
    for word in words:
        if left.get(word):
            left[word] -= 1
        else:
            found.append(word)
    return found


def _only_polite(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether what one says more is courtesy: in a conversation it stands before each message."""
    return all(not words or only_courtesy(words) for words in (mine, theirs))


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text) if not text.isascii() else bool(_DIGIT.search(text))


def _mattering(mine: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words that only one of two texts has, what matters: contractions spelled out, without
    fillers and without numbers that the other writes in digits or in words."""
    if not CONTRACTIONS.keys().isdisjoint([*mine, *theirs]):
        mine, theirs = apart(_spelled_out(mine), _spelled_out(theirs))
    mine = [word for word in mine if word not in FILLERS]
    theirs = [word for word in theirs if word not in FILLERS]
    for word in list(mine):
        same = (NUMBERS.get(word), DIGITS.get(word))
        twin = next((its for its in theirs if its in same), None)
        if twin is not None:
            mine.remove(word)
            theirs.remove(twin)
    return mine, theirs


def _spelled_out(words: Sequence[str]) -> list[str]:
    return [part for word in words for part in CONTRACTIONS.get(word, word).split()]


def _vocabulary(bare: pl.Series, raw: pl.Series) -> tuple[dict[str, int], set[str]]:
    """In how many texts each word stands, and the words that somewhere begin small."""
    counts: Counter[str] = Counter()
    small: set[str] = set()
    for begin in range(0, len(bare), _CHUNK):
        part = pl.DataFrame({"word": bare.slice(begin, _CHUNK).str.split(" ").list.unique()})
        counted = part.explode("word").group_by("word").len()
        counts.update(dict(counted.iter_rows()))
        written = raw.slice(begin, _CHUNK).str.extract_all(r"\b\p{Ll}\w*").explode().unique()
        small.update(written.drop_nulls().to_list())
    return counts, small
