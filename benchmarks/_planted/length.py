"""Texts that are not whole: as good as empty, a word, cut off, looped, or somebody's whole page.

Really empty ones are refused when examples are read, so "as good as empty" stands for them.
"""

from __future__ import annotations

import random

from _planted._base import Bed, Row, Sort

NOTHING = ("-", "N/A", "n/a", "...", "none", "TBD", "?", "\u2014", "tbc", "see above")
WORD = ("Yes", "No", "OK", "Thanks", "Sure", "Done", "Noted", "Maybe")
NAMES = ("nothing", "one_word", "cut_off", "cut_in_word", "looped", "very_long")
LONG_TIMES = 25
LEAST_WORDS = 9
"""A text that is cut off has at least as many."""


def _plant(bed: Bed, rate: float) -> None:
    where = "target" if bed.clean.prose_targets else "input"
    fit = lambda row: len(bed.words(row, where).split()) >= LEAST_WORDS  # noqa: E731
    for name, row in bed.dealt(rate, NAMES, fit):
        was = bed.words(row, where)
        bed.write(row, where, _damaged(name, bed, was, where))
        bed.fault(name, row, field=where, was=was)


def _damaged(name: str, bed: Bed, text: str, where: str) -> str:
    draw, words = bed.random, text.split(" ")
    if name in ("nothing", "one_word"):
        return draw.choice(NOTHING if name == "nothing" else WORD)
    if name == "cut_off":
        cut = draw.randrange(len(words) // 2, len(words) - 2)
        return " ".join(words[:cut]).rstrip(".,!?;: ")
    if name == "cut_in_word":
        return _cut_in_word(words, draw)
    if name == "looped":
        some = " ".join(words[-4:])
        return text + " " + " ".join([some] * draw.randint(8, 30))
    return " ".join(bed.words(row, where) for row in _rows(bed, draw))


def _rows(bed: Bed, draw: random.Random) -> list[Row]:
    return [draw.choice(bed.clean.rows) for _ in range(LONG_TIMES)]


def _cut_in_word(words: list[str], draw: random.Random) -> str:
    inner = [
        at
        for at in range(len(words) // 2, len(words))
        if words[at].isalpha() and len(words[at]) > 4
    ]
    at = draw.choice(inner) if inner else len(words) - 1
    return " ".join([*words[:at], words[at][: max(2, len(words[at]) // 2)]])


SORT = Sort(
    "texts that are empty, cut off or far too long",
    lambda c: not c.record or c.prose_targets,
    _plant,
)
