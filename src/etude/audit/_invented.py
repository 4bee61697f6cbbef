"""Each target's facts that are not given, for a whole frame.

Most facts stand in their input as they are written, which is asked first and cheaply; only what is
left is read more closely. It knows rows; what follows from what is ``_given``'s to say.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from etude.audit._base import Material
from etude.audit._facts import Sort, date_facts, name_facts, number_facts, placed, values
from etude.audit._given import Source
from etude.audit._textual import read

_WORD = re.compile(r"[^\W_][\w'’-]*")
_CAPITALS = 0.22
"""Share of words inside sentences with a capital, above which capitals name nothing: German nouns."""
_SAMPLED = 1000
_PLAIN_ROWS = 2
"""Texts with a word in small letters, from which its capital elsewhere names nothing."""
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
    words, numbers = _given_to_all(material, knowledge)
    named = _capitals_name(targets)
    plain = _plain_words(material.frame) if named else frozenset()
    found: list[Unsupported] = []
    for name, source, target in zip(ids, inputs, targets, strict=True):
        for sort, text in _of(source, target, words, numbers, plain, named):
            place = placed(target, text, sort)
            found.append(Unsupported(name, sort, text, place.start, place.end))
    return found


def _of(
    text: str,
    target: str,
    words: frozenset[str],
    numbers: frozenset[Decimal],
    plain: frozenset[str],
    named: bool,
) -> list[tuple[Sort, str]]:
    """One target's facts that are not given, each once."""
    asked: list[tuple[Sort, str]] = [
        ("number", number) for number in dict.fromkeys(number_facts(target)) if number not in text
    ]
    low = text.casefold()
    if named:
        asked += [
            ("name", word)
            for word in sorted(name_facts(target))
            if word.casefold() not in low and word.casefold() not in plain
        ]
    asked += [
        ("date", day) for day in dict.fromkeys(date_facts(target)) if day.casefold() not in low
    ]
    # A number inside a longer one of the source ("1" in "100") is asked about too.
    inside = [n for n in dict.fromkeys(number_facts(target)) if n in text and not _stands(n, text)]
    asked += [("number", number) for number in inside]
    if not asked:
        return []
    source = Source(text, words, numbers, target)
    tests = {"number": source.number, "name": source.name, "date": source.day}
    return [(sort, fact) for sort, fact in asked if not tests[sort](fact)]


def _stands(number: str, text: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None


def _given_to_all(
    material: Material, knowledge: bool
) -> tuple[frozenset[str], frozenset[Decimal]]:
    """Words and numbers of the instructions, the checks and the knowledge."""
    task = material.task
    told = [task.instructions, task.task, json.dumps(list(task.checks), ensure_ascii=False)]
    told += [*task.boundaries.refuse, *task.boundaries.hand_over]
    texts = [*told, *(material.knowledge if knowledge else ())]
    words = {word for text in texts for word in _WORD.findall(text.casefold())}
    words |= {piece for word in words for piece in re.split(r"[-'’]", word)}
    return frozenset(words), frozenset(value for text in texts for value in values(text))


def _capitals_name(targets: list[str]) -> bool:
    """Whether a capital inside a sentence is rare enough to name something."""
    step = max(1, len(targets) // _SAMPLED)
    words = [word for text in targets[::step] for word in _INSIDE.findall(text)]
    capitals = sum(word[0].isupper() for word in words)
    return bool(words) and capitals <= _CAPITALS * len(words)


def _plain_words(frame: pl.DataFrame) -> frozenset[str]:
    """Words that several of the texts write in small letters."""
    counts: Counter[str] = Counter()
    for field in ("input", "target"):
        texts = frame[field].fill_null("").unique()
        for at in range(0, len(texts), 20_000):
            words = texts.slice(at, 20_000).str.extract_all(r"\b\p{Ll}[\p{L}'’\-]+")
            each = words.list.unique().explode().drop_nulls().value_counts()
            counts.update(dict(each.iter_rows()))
    return frozenset(word for word, count in counts.items() if count >= _PLAIN_ROWS)
