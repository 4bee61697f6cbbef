"""Words that a text says over and over, as a model does that can't stop. It knows one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from etude.audit._textual import Place

_TIMES = 4
"""How often a passage stands, at least, one right after the other."""
_LONGEST = 12
"""Words of a passage."""
_LEAST = 10
"""Words of all its repeats: "no, no, no, no" is emphasis."""
_VARIED = 0.6
"""Share of different words, above which no loop can be long."""
_WORD = re.compile(r"\S+")


def sieved(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that have so few different words that there may be a loop."""
    words = pl.col("text").str.extract_all(r"\S+")
    long = rows.filter(pl.col("text").str.len_bytes() > 2 * _LEAST)
    few = words.list.n_unique() <= _VARIED * words.list.len()
    return long.filter((words.list.len() >= _LEAST) & few)


def loops(text: str) -> Iterator[Place]:
    """The repeats of a passage after its first time, which are proposed to be left out."""
    words = [(match.group().casefold(), *match.span()) for match in _WORD.finditer(text)]
    said = [word.strip(".,!?;:") or word for word, _, _ in words]
    at = 0
    while at < len(said):
        size, times = _loop_at(said, at)
        if (
            times < _TIMES
            or size * times < _LEAST
            or not any(map(str.isalpha, "".join(said[at : at + size])))
        ):
            at += 1
            continue
        last = at + size * times - 1
        start = words[at + size - 1][2]
        passage = " ".join(text[words[at][1] : start].split())
        yield Place(start, words[last][2], f"{times} times: {passage}", "", 0.9)
        at = last + 1


def _loop_at(words: list[str], at: int) -> tuple[int, int]:
    """The shortest passage that begins here and is repeated often enough, and how often it stands."""
    for size in range(1, _LONGEST + 1):
        passage = words[at : at + size]
        times = 1
        while words[at + size * times : at + size * (times + 1)] == passage:
            times += 1
        if times >= _TIMES and size * times >= _LEAST:
            return size, times
    return 1, 1
