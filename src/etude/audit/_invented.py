"""Each target's facts that are not given, for a whole frame.

Most facts stand in their input as they are written, which is asked first and cheaply; only what is
left is read more closely. It knows rows; what follows from what is ``_given``'s to say.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from etude.audit._base import Material
from etude.audit._facts import (
    Sort,
    date_facts,
    name_facts,
    number_facts,
    placed,
    stands,
    values,
)
from etude.audit._given import Source, Words
from etude.audit._textual import read
from etude.audit._unsaid import Asked, asked_of
from etude.audit._vocabulary import small_words

_WORD = re.compile(r"[^\W_][\w'’-]*")
_CAPITALS = 0.22
"""Share of words inside sentences with a capital, above which capitals name nothing: German nouns."""
_SAMPLED = 1000
_SAYINGS = re.compile(r"\b24/7\b|\b100 ?%")
_INSIDE = re.compile(r"(?<=[a-z,;] )[^\W\d_][\w'’-]+")


class Unsupported(NamedTuple):
    """A fact of a target that nothing given says."""

    id: str
    sort: Sort
    text: str
    start: int
    end: int


def unsupported(material: Material, *, knowledge: bool = True) -> list[Unsupported]:
    """The facts, by row.

    Args:
        material: a task that writes.
        knowledge: what ``data.knowledge`` says is given.
    """
    inputs = read(material, "input")["text"].to_list()
    targets = material.texts("target")
    ids = material.frame["id"].to_list()
    reader = _reader(material, knowledge)
    found: list[Unsupported] = []
    for asked in asked_of(inputs, targets, reader.plain if reader.named else None):
        name, target = ids[asked.row], targets[asked.row]
        for sort, text in reader.read(inputs[asked.row], target, asked):
            place = placed(target, text, sort)
            found.append(Unsupported(name, sort, text, place.start, place.end))
    return found


@dataclass(frozen=True)
class _Reader:
    """What is given for all rows, and how names are told."""

    words: Words
    numbers: frozenset[Decimal]
    passages: Mapping[Decimal, Sequence[frozenset[str]]]
    named: bool
    plain: frozenset[str]

    def read(self, given: str, target: str, may_have: Asked) -> list[tuple[Sort, str]]:
        """One target's facts that are not given, each once."""
        asked: list[tuple[Sort, str]] = []
        low = given.casefold()
        if may_have.numbers:
            own = dict.fromkeys(number_facts(_SAYINGS.sub("", target)))
            asked += [("number", number) for number in own if not stands(number, given)]
        if may_have.names:
            asked += [
                ("name", word) for word in sorted(name_facts(target)) if not self._known(word, low)
            ]
        if may_have.dates:
            days = dict.fromkeys(date_facts(target))
            asked += [("date", day) for day in days if day.casefold() not in low]
        if not asked:
            return []
        source = Source(given, self.words, self.numbers, self.passages, target)
        tests = {"number": source.number, "name": source.name, "date": source.day}
        return [(sort, fact) for sort, fact in asked if not tests[sort](fact)]

    def _known(self, word: str, low: str) -> bool:
        small = word.casefold()
        return small in self.plain or small in low


def _reader(material: Material, knowledge: bool) -> _Reader:
    """Words and numbers of the instructions, the checks and the knowledge; and what names are."""
    task = material.task
    told = [task.instructions, task.task, json.dumps(list(task.checks), ensure_ascii=False)]
    told += [*task.boundaries.refuse, *task.boundaries.hand_over]
    known = material.knowledge if knowledge else ()
    words = {word for text in (*told, *known) for word in _WORD.findall(text.casefold())}
    words |= {piece for word in words for piece in re.split(r"[-'’]", word)}
    numbers = frozenset(value for text in told for value in values(text))
    passages: dict[Decimal, list[frozenset[str]]] = defaultdict(list)
    for text in known:
        own = set(values(text))
        if own:
            long = frozenset(word for word in _WORD.findall(text.casefold()) if len(word) >= 4)
            for value in own:
                passages[value].append(long)
    named, plain = _names(material.frame)
    return _Reader(Words(words), numbers, passages, named, plain)


def _names(frame: pl.DataFrame) -> tuple[bool, frozenset[str]]:
    """Whether a capital inside a sentence is rare enough to name something, and words of which a
    capital names nothing."""
    targets = frame["target"].fill_null("")
    sample = targets.gather_every(max(1, len(targets) // _SAMPLED)).to_list()
    words = [word for text in sample for word in _INSIDE.findall(text)]
    capitals = sum(word[0].isupper() for word in words)
    if not words or capitals > _CAPITALS * len(words):
        return False, frozenset()
    return True, small_words(frame)
