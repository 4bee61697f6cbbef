"""Labels that overlap, gather what has nothing in common, or have hardly a row, made of a real set's.

A truth is about labels, not about rows. Decoys: a label that only has another name, two halves of a
label that can be told apart, a small label that is like no other.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from _planted._base import Clean, Row
from _planted._labels import confusable

EACH = 4
"""Labels of each sort."""
FEWEST = 24
"""Rows of a label that is parted."""
MIXED = 0.4
"""Share of rows whose labels are dealt anew between two that are near."""
GATHERED = 40
RARE = (6, 9)
SMALL = 12
SEEN = "I write from the business account."


@dataclass(frozen=True)
class Labels:
    """What is true of one label or of a pair of them. ``code``: what should name it (or, of a decoy,
    must not). ``labels``: one or two."""

    name: str
    code: str
    labels: tuple[str, ...]
    decoy: bool = False


@dataclass(frozen=True)
class Relabelled:
    """Rows with their new labels, and the truth."""

    rows: tuple[Row, ...]
    truth: tuple[Labels, ...]


class _Bed:
    """The rows while labels are changed; each label is used once."""

    def __init__(self, clean: Clean, draw: random.Random) -> None:
        self.draw = draw
        self.rows: list[Row] = [row | {"side": "train"} for row in clean.rows]
        self.truth: list[Labels] = []
        self.by_label: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            self.by_label[row["target"]].append(row)
        self._free = sorted(label for label, own in self.by_label.items() if len(own) >= FEWEST)

    def take(self) -> tuple[str, list[Row]]:
        """A label that nothing was done to, with its rows in mixed order."""
        label = self._free.pop(self.draw.randrange(len(self._free)))
        return label, self.draw.sample(self.by_label[label], len(self.by_label[label]))

    def take_near(self, near: Mapping[str, Sequence[str]]) -> tuple[str, str]:
        """Two labels that are easily mixed up, nothing done to either."""
        fit = [(one, other) for one in self._free for other in near[one] if other in self._free]
        pair = self.draw.choice(fit)
        self._free = [label for label in self._free if label not in pair]
        return pair

    def left(self) -> list[Row]:
        """Rows of the labels that nothing was done to."""
        return [row for label in self._free for row in self.by_label[label]]

    def true(self, name: str, code: str, *labels: str, decoy: bool = False) -> None:
        self.truth.append(Labels(name, code, labels, decoy))


OVERLAP, WEAK, FEW = "overlapping_labels", "unrecognised_labels", "thin_labels"


def relabelled(clean: Clean, strangers: Mapping[str, Sequence[str]], seed: int) -> Relabelled:
    """All sorts at once, ``EACH`` labels of each, and one that gathers others.

    ``strangers``: labels that the set has not, with texts that are like none of it.
    """
    bed = _Bed(clean, random.Random(f"{seed}/{clean.name}/labels"))
    near = confusable(clean.rows)
    for _ in range(EACH):
        _split(bed, "split_evenly", 0.5)
        _split(bed, "split_unevenly", 0.3)
        _mixed(bed, near)
        _rare(bed)
        _renamed(bed)
        _split_clearly(bed)
    _gathered(bed)
    _small(bed, strangers)
    bed.draw.shuffle(bed.rows)
    return Relabelled(tuple(bed.rows), tuple(bed.truth))


def _split(bed: _Bed, name: str, share: float) -> None:
    """Two people called one thing by two names."""
    label, own = bed.take()
    for row in own[: round(share * len(own))]:
        row["target"] = f"{label} too"
    bed.true(name, OVERLAP, label, f"{label} too")


def _mixed(bed: _Bed, near: Mapping[str, Sequence[str]]) -> None:
    """Two that are near, and nobody agreed where one ends."""
    one, other = bed.take_near(near)
    for row in bed.by_label[one] + bed.by_label[other]:
        if bed.draw.random() < MIXED:
            row["target"] = bed.draw.choice([one, other])
    bed.true("mixed", OVERLAP, one, other)


def _rare(bed: _Bed) -> None:
    label, own = bed.take()
    gone = {row["id"] for row in own[bed.draw.randint(*RARE) :]}
    bed.rows = [row for row in bed.rows if row["id"] not in gone]
    bed.true("rare", FEW, label)


def _renamed(bed: _Bed) -> None:
    label, own = bed.take()
    for row in own:
        row["target"] = f"{label} as well"
    bed.true("renamed", OVERLAP, f"{label} as well", decoy=True)


def _split_clearly(bed: _Bed) -> None:
    """Two halves of which one always says what makes it so."""
    label, own = bed.take()
    for row in own[: len(own) // 2]:
        row["target"], row["input"] = f"{label} of firms", f"{SEEN} {row['input']}"
    bed.true("split_clearly", OVERLAP, label, f"{label} of firms", decoy=True)


def _gathered(bed: _Bed) -> None:
    """A label for all the rest, of rows of every label that is left."""
    free = bed.left()
    for row in bed.draw.sample(free, min(GATHERED, len(free))):
        row["target"] = "the rest"
    bed.true("gathered", WEAK, "the rest")


def _small(bed: _Bed, strangers: Mapping[str, Sequence[str]]) -> None:
    """Few rows of a matter of its own."""
    for label, texts in strangers.items():
        for at, text in enumerate(bed.draw.sample(texts, SMALL)):
            made = {"id": f"{label}{at:02d}", "input": text, "target": label, "side": "train"}
            bed.rows.append(made)
        bed.true("small", WEAK, label, decoy=True)
