"""Facts that most targets say one way and a few another: "to 10 pm" in a hundred, "to 6 pm" in three.

A sentence that many targets share but for its numbers and links is one statement about the house;
where nearly all say the same in it, the few that differ are likely from an earlier time. What a row's
own input says is its own fact. It knows sentences and counts, nothing of what is true today.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

_ROWS = 10
"""Targets that say the same in a sentence, at least."""
_AGREED = 0.8
"""Share of the sentence's targets that do."""
_OPEN = 4
"""Words of the sentence that stay when its facts are taken out, at least."""
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|\Z)[^.!?\n]*)*")
_LINK = r"(?:https?://|www\.)\S+?(?=[.,;!?)]*(?:\s|\Z))|\b(?:[\w-]+\.)+[a-z]{2,12}\b(?:/\S*\w)?"
_FIGURE = r"[£$€]?\d(?:[\d.,:/ -]*\d)?(?:\s?(?:[ap]\.?m\b|%|€))?"
_FACT = re.compile(f"{_LINK}|{_FIGURE}", re.IGNORECASE)
_FIGURES = re.compile(_FIGURE, re.IGNORECASE)
_LINKED = re.compile(r"://|www\.|\.[a-z]", re.IGNORECASE)
"""What every link has: where it is not, links, which are slow to look for, are not looked for."""
_SIEVE = r"(?i)\d|://|www\.|\.[a-zıİ]"


class Overtaken(NamedTuple):
    """A fact of a target, with what the others say in its place."""

    id: str
    start: int
    end: int
    text: str
    usual: str


class _Said(NamedTuple):
    id: str
    given: str
    places: tuple[tuple[int, int], ...]
    facts: tuple[str, ...]


def overtaken(rows: pl.DataFrame) -> Iterator[Overtaken]:
    """Facts that differ from what nearly all others say in the same sentence.

    Args:
        rows: ``id``, ``text`` (the target) and ``source`` (the input).
    """
    frames: dict[str, list[_Said]] = defaultdict(list)
    sieved = rows.filter(pl.col("text").str.contains(_SIEVE))
    for name, text, source in sieved.select("id", "text", "source").iter_rows():
        for frame, said in _sentences(name, text, source):
            frames[frame].append(said)
    for group in frames.values():
        if len(group) > _ROWS:
            yield from _differing(group)


def _sentences(name: str, text: str, source: str) -> Iterator[tuple[str, _Said]]:
    fact = _FACT if _LINKED.search(text) else _FIGURES
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        found = list(fact.finditer(sentence))
        if not found:
            continue
        frame = " ".join(fact.sub("#", sentence).casefold().split())
        if len(frame.replace("#", "").split()) >= _OPEN:
            places = tuple((match.start() + m.start(), match.start() + m.end()) for m in found)
            yield frame, _Said(name, source, places, tuple(m.group() for m in found))


def _differing(group: list[_Said]) -> Iterator[Overtaken]:
    """For each fact of a sentence: who says another than nearly all, and not by the own input."""
    for at in range(len(group[0].facts)):
        own = [one for one in group if one.facts[at].casefold() not in one.given.casefold()]
        counts = Counter(one.facts[at].casefold() for one in own)
        if not counts:
            continue
        usual, count = counts.most_common(1)[0]
        if count < _ROWS or count < _AGREED * len(own):
            continue
        for one in own:
            if one.facts[at].casefold() != usual:
                yield Overtaken(one.id, *one.places[at], one.facts[at], usual)
