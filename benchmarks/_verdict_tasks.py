"""Public tasks of labels whose right answers are known for far more texts than a project would have.

Each is split once, by a stated seed, into texts to draw training examples from, texts to draw
scored examples from, and the truth: thousands of texts that neither ever holds. Every text is in
one of the three alone; copies are taken out first (multidogo: over half of its turns, with the label
that most of a text's copies have).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from _data import data_folder, rows

SEED = 20_260
FEWEST = 50
"""A label with fewer texts is left out: the smallest draws would never show it."""
TRUTH, SCORED = 0.4, 0.3
MOST = 4000
"""Texts in any of the three: enough for a truth within a point."""

Row = dict[str, str]


@dataclass(frozen=True)
class Pools:
    """A task's texts, in three parts that share none."""

    name: str
    train: list[Row]
    scored: list[Row]
    truth: list[Row]

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in alphabetical order."""
        return tuple(sorted({row["label"] for row in self.train + self.scored + self.truth}))


def _whole(name: str) -> list[Row]:
    return [row for file in ("train", "test") for row in rows(data_folder(name) / f"{file}.jsonl")]


def _sst2() -> list[Row]:
    words = {"0": "negative", "1": "positive"}
    return [{"text": r["text"], "label": words[r["label"]]} for r in _whole("sst2")]


def _multidogo(domain: str) -> Callable[[], list[Row]]:
    def read() -> list[Row]:
        turns = rows(data_folder("multidogo") / "dev.jsonl") + _whole("multidogo")
        return [row for row in turns if row["domain"] == domain]

    return read


TASKS: dict[str, Callable[[], list[Row]]] = {
    "banking77": lambda: _whole("banking77"),
    "trec6": lambda: _whole("trec6"),
    "snips": lambda: _whole("snips"),
    "sst2": _sst2,
    "multidogo-airline": _multidogo("airline"),
    "multidogo-insurance": _multidogo("insurance"),
    "multidogo-finance": _multidogo("finance"),
    "multidogo-media": _multidogo("media"),
    "multidogo-software": _multidogo("software"),
    "multidogo-fastfood": _multidogo("fastfood"),
}


def pools(name: str) -> Pools:
    """A task's three parts."""
    found = _single(TASKS[name]())
    known = Counter(row["label"] for row in found)
    found = [row for row in found if known[row["label"]] >= FEWEST]
    random.Random(SEED).shuffle(found)
    truth, scored = round(TRUTH * len(found)), round(SCORED * len(found))
    parts = found[:truth], found[truth : truth + scored], found[truth + scored :]
    return Pools(name, parts[2][:MOST], parts[1][:MOST], parts[0][:MOST])


def _single(found: Iterable[Row]) -> list[Row]:
    """Each text once, whatever its capitals and spaces, with the label that most copies have."""
    said: dict[str, Counter[str]] = {}
    first: dict[str, str] = {}
    for row in found:
        form = " ".join(row["text"].casefold().split())
        said.setdefault(form, Counter())[row["label"]] += 1
        first.setdefault(form, row["text"])
    return [
        {"text": first[form], "label": labels.most_common(1)[0][0]}
        for form, labels in said.items()
        if form
    ]
