"""Turns of tasks with labels: one label taken for another, and there the words that mislead.

A pair of labels is more than chance where it is mixed up more often than if all mistakes fell evenly
on all other labels; a word where it stands in those texts more often than in others of the same
label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from etude.approaches._words import words_of
from etude.evaluation.turns._asked import Asked
from etude.evaluation.turns._base import LEAST, LEVEL, Turn
from etude.privacy.given_names import is_given

MOST_WORDS = 3
"""Words that one pair of labels is split by."""

Words = Sequence[frozenset[str]]


def turns(asked: Asked) -> list[Turn]:
    """Every wrong answer in exactly one turn."""
    pairs = _pairs(asked)
    of_label: dict[str, list[int]] = defaultdict(list)
    for row, target in enumerate(asked.examples.targets):
        of_label[target].append(row)
    words = [_telling(text) for text in asked.texts]
    in_pool = [_telling(text) for text in asked.pool.texts]
    looked = _looked(pairs, words)
    found = []
    for (truth, answer), rows in pairs.items():
        own_rows = set(rows)
        others = [row for row in of_label[truth] if row not in own_rows]
        name = f"“{truth}” is answered “{answer}”" if answer else f"“{truth}” gets no valid answer"
        left = rows
        for word, chance, own in _misleading(asked, rows, others, words, looked):
            alike = _of_label(asked, truth, in_pool, word)
            found.append(Turn(f"{name} where the text says “{word}”", own, chance, alike))
            left = [row for row in left if row not in own]
        if left:
            chance = _by_chance(asked, left, of_label[truth])
            alike = _of_label(asked, truth, in_pool, None)
            found.append(Turn(name, tuple(left), chance, alike))
    return found


def _pairs(asked: Asked) -> dict[tuple[str, str | None], list[int]]:
    known, found = set(asked.judge.labels), defaultdict(list)
    for row in asked.wrong:
        said = asked.outputs[row]
        found[asked.examples.targets[row], said if said in known else None].append(row)
    return dict(found)


def _by_chance(asked: Asked, rows: Sequence[int], of_label: Sequence[int]) -> float:
    """Of so many, where mistakes fall evenly on all labels; corrected for all pairs of labels."""
    labels = len(asked.judge.labels)
    others = max(1, labels - 1)
    rate = len(asked.wrong) / (max(1, len(asked.outputs)) * others)
    return asked.counter.evenly(rows, of_label, rate, max(1, labels * others))


def _telling(text: str) -> frozenset[str]:
    """Words that a report may name: letters alone, and no name of a person."""
    return frozenset(
        w for w in words_of(text) if len(w) > 1 and w.isalpha() and not is_given(w.title())
    )


def _shared(rows: Sequence[int], words: Words) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Words that enough of these texts share."""
    holding: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for word in words[row]:
            holding[word].append(row)
    for word in sorted(holding):
        if len(holding[word]) >= LEAST:
            yield word, tuple(holding[word])


def _looked(pairs: dict[tuple[str, str | None], list[int]], words: Words) -> int:
    return max(1, sum(1 for rows in pairs.values() for _ in _shared(rows, words)))


def _misleading(
    asked: Asked, rows: Sequence[int], others: Sequence[int], words: Words, looked: int
) -> Iterator[tuple[str, float, tuple[int, ...]]]:
    """The most telling word of the pair with its chance and rows; then that of what is left."""
    left, counter = list(rows), asked.counter
    for _ in range(MOST_WORDS):
        tried = []
        for word, own in _shared(left, words):
            elsewhere = counter.of(row for row in others if word in words[row])
            chance = counter.more_than(own, left, elsewhere, counter.of(others))
            if counter.of(own) >= LEAST and looked * chance <= LEVEL:
                tried.append((looked * chance, -len(own), word, own))
        if not tried:
            return
        chance, _size, word, own = min(tried)
        yield word, chance, own
        left = [row for row in left if row not in own]


def _of_label(asked: Asked, truth: str, in_pool: Words, word: str | None) -> tuple[int, ...]:
    targets = asked.pool.examples.targets
    return tuple(
        place
        for place, target in enumerate(targets)
        if target == truth and (word is None or word in in_pool[place])
    )
