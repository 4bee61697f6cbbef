"""Whether two written answers to one input contradict one another: a modest guess.

It knows two answers and whether the input asks for a fact. Several good answers to one input are
no contradiction, so only what can be compared counts: answers that are the same but for a number or
a negation; and for a question, a yes against a no, or two numbers of one unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import polars as pl
from rapidfuzz.distance import Indel

from etude.audit._copies.forms import bare
from etude.audit._copies.wording import apart, tokens
from etude.audit._copies.words import CONTRACTIONS, FILLERS, NEGATIONS, OPPOSITES, listed
from etude.data.conversations import cells
from etude.data.text import normal_form

_ALIKE = 0.75
"""Share of the words that two answers have in common, in their order, where they are one answer
with something changed."""
_SHORTEST = 4
_YES = listed("yes yeah yep sure certainly absolutely ja oui sí si sim да evet")
_NO = listed("no nope nein non não nee нет hayır")
_AFTER_A_NO = listed(
    "there it its we you they i he she this that these those the a an our my your unfortunately sorry"
)
"""Words before which an English "no" stands by itself."""
_PARTED = re.compile(r"\W*no\s*[,.;:!–—-]", re.IGNORECASE)
_WITH_A_DENIAL = FILLERS | listed("do does did any some")
"""Words that come and go with a negation."""
_FEW_OTHERS = 2
_ENDING = re.compile(r"(?<=..[^\W\d_])(?:es|ed|e|s)$")
_OPEN = "what when where who whom whose which why how"
_CLOSED = "is are do does did can could will would may should shall has have was were am"
_ASKING = re.compile(
    rf"\b(?:({_OPEN.replace(' ', '|')})|{_CLOSED.replace(' ', '|')})\b", re.IGNORECASE
)
_ASKS = re.compile(rf"[?？](?:\s|$)|^\W*{_ASKING.pattern}", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:_\d+)?", re.ASCII)
_NO_UNIT = listed("a the and or to of in on at for is are we you it")

Question = Literal["none", "open", "yes or no"]


def asks(given: str, kind: str) -> Question:
    """Whether an input is a question, and whether "yes" or "no" can answer it: "is there a pool when
    it rains" rather than "when is there a pool". Of a conversation the last message asks."""
    text = cells(given)["last_user"] if kind == "chat" else given
    if _ASKS.search(text) is None:
        return "none"
    first = _ASKING.search(text)
    return "open" if first and first.group(1) else "yes or no"


class Said(NamedTuple):
    """``begins``: the "yes" or "no" that an answer begins with, "" where it begins with none;
    ``words``: all it says but for that, where it stands by itself."""

    begins: str
    words: list[str]


def words_of(answers: Iterable[str]) -> dict[str, Said]:
    """Each answer as ``contradiction`` compares it: many at once, which is far quicker."""
    distinct = list(dict.fromkeys(answers))
    bares = bare(pl.Series([normal_form(text) for text in distinct], dtype=pl.String))
    return {text: _said(text, form) for text, form in zip(distinct, bares, strict=True)}


def contradiction(a: Said, b: Said, question: Question) -> str | None:
    """What one answer says and the other denies, in words; None where nothing is found.

    Args:
        a: one answer (``words_of``).
        b: the other.
        question: what the input asks.
    """
    found = _changed(a.words, b.words)
    if found is None and (question == "yes or no" or _alike(a.words, b.words)):
        found = _yes_against_no(a.begins, b.begins)
    if found is None and question != "none":
        found = _units(a.words, b.words)
    return found


def stems(text: str) -> frozenset[str]:
    """The words of a text without their verbs' endings."""
    return frozenset(_stem(word) for word in tokens(text.lower()))


def _said(text: str, form: str) -> Said:
    words = [part for word in tokens(form) for part in CONTRACTIONS.get(word, word).split()]
    begins = words[0] if words and words[0] in _YES | _NO else ""
    return Said(begins, words[1:] if begins and _stands_alone(text, words) else words)


def _stands_alone(text: str, words: Sequence[str]) -> bool:
    """Whether the "yes" or "no" at the beginning answers by itself: in "no parking is offered" it
    belongs to the parking, and in Spanish to the verb."""
    return (
        words[0] != "no"
        or len(words) == 1
        or words[1] in _AFTER_A_NO
        or _PARTED.match(text) is not None
    )


def _alike(a: list[str], b: list[str]) -> bool:
    """Whether two answers are one answer with something changed."""
    return min(len(a), len(b)) >= _SHORTEST and Indel.normalized_similarity(a, b) >= _ALIKE


def _changed(a: list[str], b: list[str]) -> str | None:
    """Answers that are one answer with a number, a negation or a contrary changed."""
    if not _alike(a, b):
        return None
    mine, theirs = apart(a, b)
    numbers = [[w for w in words if any(c.isdigit() for c in w)] for words in (mine, theirs)]
    if numbers[0] and numbers[1] and _figures(numbers[0]) != _figures(numbers[1]):
        return f'"{_shown(numbers[0])}" against "{_shown(numbers[1])}"'
    contrary = next(((w, v) for w in mine for v in theirs if v in OPPOSITES.get(w, ())), None)
    if contrary:
        return f'"{contrary[0]}" against "{contrary[1]}"'
    return _denied(mine, theirs)


def _denied(mine: list[str], theirs: list[str]) -> str | None:
    """Of the words that differ: a negation, with the auxiliary and the verb's ending that go with
    it ("does not offer a" against "offers"), and little else."""
    denials = [[w for w in words if w in NEGATIONS] for words in (mine, theirs)]
    if abs(len(denials[0]) - len(denials[1])) != 1:
        return None
    rest = [
        Counter(_stem(w) for w in words if w not in NEGATIONS | _WITH_A_DENIAL)
        for words in (mine, theirs)
    ]
    if ((rest[0] - rest[1]) + (rest[1] - rest[0])).total() > _FEW_OTHERS:
        return None
    return f'"{[*denials[0], *denials[1]][0]}" in one and not in the other'


def _stem(word: str) -> str:
    return "have" if word == "has" else _ENDING.sub("", word)


def _yes_against_no(a: str, b: str) -> str | None:
    for yes, no in ((a, b), (b, a)):
        if yes in _YES and no in _NO:
            return f'"{yes}" against "{no}"'
    return None


def _units(a: list[str], b: list[str]) -> str | None:
    """One number of a unit in each, of which the other has none: "30 days" against "14 days"."""
    mine, theirs = _measured(a), _measured(b)
    for unit in sorted(mine.keys() & theirs.keys()):
        if len(mine[unit]) == len(theirs[unit]) == 1:
            ((x, said),), ((y, denied),) = mine[unit].items(), theirs[unit].items()
            if x not in _figures(b) and y not in _figures(a):
                return f'"{said}" against "{denied}"'
    return None


def _figures(words: Iterable[str]) -> set[float]:
    """The numbers of words, those with a unit written close to them ("300kg") too."""
    found = (number for word in words for number in _NUMBER.findall(word))
    return {float(number.replace("_", ".")) for number in found}


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
