"""Whether two written answers to one input contradict one another: a modest guess.

It knows two answers and whether the input asks for a fact. Several good answers to one input are
no contradiction, so only what can be compared counts: answers that are the same but for a number or
a negation; and for a question, a yes against a no, or two numbers of one unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import polars as pl
from rapidfuzz.distance import Indel

from etude.audit._copies.forms import bare
from etude.audit._copies.wording import tokens
from etude.audit._copies.words import CONTRACTIONS, NEGATIONS, OPPOSITES, listed
from etude.data.text import normal_form

_ALIKE = 0.75
"""Share of the words that two answers have in common, in their order, where they are one answer
with something changed."""
_SHORTEST = 4
_YES = listed("yes yeah yep sure certainly absolutely ja oui sí si sim да evet")
_NO = listed("no nope nein non não nee нет hayır")
_ASKS = re.compile(
    r"[?？]\s*$|^\W*(?:what|when|where|who|which|why|how|is|are|do|does|did|can|could|will|would|may|"
    r"should|has|have|was|were)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:_\d+)?", re.ASCII)
_NO_UNIT = listed("a the and or to of in on at for is are we you it")


def asks(text: str) -> bool:
    """Whether an input is a question, that a fact may answer."""
    return _ASKS.search(text) is not None


def words_of(answers: Iterable[str]) -> dict[str, list[str]]:
    """The words of each answer that ``contradiction`` compares: many at once, which is far quicker."""
    distinct = list(dict.fromkeys(answers))
    bares = bare(pl.Series([normal_form(text) for text in distinct], dtype=pl.String))
    return {text: _spelled_out(form) for text, form in zip(distinct, bares, strict=True)}


def contradiction(a: list[str], b: list[str], *, question: bool) -> str | None:
    """What one answer says and the other denies, in words; None where nothing is found.

    Args:
        a: the words of one answer (``words_of``).
        b: those of the other.
        question: the input asks for a fact.
    """
    if not a or not b:
        return None
    found = _changed(a, b)
    if found is None and question:
        found = _yes_against_no(a, b) or _units(a, b)
    return found


def _spelled_out(form: str) -> list[str]:
    return [part for word in tokens(form) for part in CONTRACTIONS.get(word, word).split()]


def _changed(a: list[str], b: list[str]) -> str | None:
    """Answers that are one answer with a number, a negation or a contrary changed."""
    if min(len(a), len(b)) < _SHORTEST or Indel.normalized_similarity(a, b) < _ALIKE:
        return None
    mine, theirs = _only(a, b), _only(b, a)
    numbers = [[w for w in words if any(c.isdigit() for c in w)] for words in (mine, theirs)]
    if numbers[0] and numbers[1]:
        return f'"{_shown(numbers[0])}" against "{_shown(numbers[1])}"'
    contrary = next(((w, v) for w in mine for v in theirs if v in OPPOSITES.get(w, ())), None)
    if contrary:
        return f'"{contrary[0]}" against "{contrary[1]}"'
    denied = [sum(w in NEGATIONS for w in words) for words in (mine, theirs)]
    others = [w for w in (*mine, *theirs) if w not in NEGATIONS]
    if abs(denied[0] - denied[1]) == 1 and len(others) <= 2:
        word = next(w for w in (*mine, *theirs) if w in NEGATIONS)
        return f'"{word}" in one and not in the other'
    return None


def _only(a: list[str], b: list[str]) -> list[str]:
    """Words that the first has and the second lacks."""
    known = set(b)
    return [word for word in a if word not in known]


def _yes_against_no(a: list[str], b: list[str]) -> str | None:
    for yes, no in ((a[0], b[0]), (b[0], a[0])):
        if yes in _YES and no in _NO:
            return f'"{yes}" against "{no}"'
    return None


def _units(a: list[str], b: list[str]) -> str | None:
    """One number of a unit in each, and not the same: "30 days" against "14 days"."""
    mine, theirs = _measured(a), _measured(b)
    for unit in sorted(mine.keys() & theirs.keys()):
        if len(mine[unit]) == len(theirs[unit]) == 1 and mine[unit].keys() != theirs[unit].keys():
            (x,), (y,) = mine[unit].values(), theirs[unit].values()
            return f'"{x}" against "{y}"'
    return None


def _measured(words: list[str]) -> dict[str, dict[float, str]]:
    """Units (without a plural's s) and their numbers, each with its words."""
    found: dict[str, dict[float, str]] = {}
    for number, unit in pairwise(words):
        if _NUMBER.fullmatch(number) and unit.isalpha() and unit not in _NO_UNIT:
            value = float(number.replace("_", "."))
            found.setdefault(unit.removesuffix("s"), {})[value] = f"{_shown([number])} {unit}"
    return found


def _shown(words: list[str]) -> str:
    return " ".join(words).replace("_", ".")
