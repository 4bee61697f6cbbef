"""What a candidate does with each label: how often it is right, and what it takes for what.

Labels are shown, rows never.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.records.candidate import CandidateReport
from etude.report import _figures as figures

FULL_MATRIX = 12
"""Up to this many labels the whole confusion matrix is drawn."""
FEW = 30
"""Below this many examples of a label its figures are marked: too few to say a word on."""


@dataclass(frozen=True)
class ClassView:
    """One label's row."""

    label: str
    support: str
    recall: str
    precision: str
    f1: str
    few: bool


@dataclass(frozen=True)
class MixUp:
    """A label that was answered with another."""

    true: str
    answered: str
    count: int
    share: str


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: ``heat`` 0 to 5, ``right`` on the diagonal."""

    count: int
    heat: int
    right: bool


@dataclass(frozen=True)
class MatrixRow:
    """One true label with its cells; the last is "no valid answer"."""

    place: int
    label: str
    cells: tuple[Cell, ...]


def classes(c: CandidateReport) -> tuple[ClassView, ...]:
    """Worst first; labels with nothing to measure last."""

    def f1(value: float | None) -> float:
        return 2.0 if value is None else value

    return tuple(
        ClassView(
            label=item.label,
            support=f"{item.support:,}",
            few=item.support < FEW,
            recall=figures.percent(item.recall, 0),
            precision=figures.percent(item.precision, 0),
            f1=figures.percent(item.f1, 0),
        )
        for item in sorted(c.per_class, key=lambda item: (f1(item.f1), item.label))
    )


def matrix(c: CandidateReport, labels: tuple[str, ...]) -> tuple[MatrixRow, ...]:
    """The whole confusion matrix; nothing where there are too many labels to draw it."""
    if len(labels) > FULL_MATRIX:
        return ()
    rows = []
    for i, (label, counts) in enumerate(zip(labels, c.confusion, strict=False)):
        total = max(sum(counts), 1)
        cells = tuple(
            Cell(count, math.ceil(5 * count / total) if i == j else _heat(count / total), i == j)
            for j, count in enumerate(counts)
        )
        rows.append(MatrixRow(i + 1, label, cells))
    return tuple(rows)


def _heat(share: float) -> int:
    """A mistake's colour: none below one in twenty, so that what matters stands out."""
    return sum(share >= step for step in (0.05, 0.15, 0.3))


def mix_ups(c: CandidateReport, labels: tuple[str, ...]) -> tuple[MixUp, ...]:
    """Every label that was answered with another, the most often first."""
    answered = (*labels, "no valid answer")
    found = [
        MixUp(label, answered[j], count, figures.percent(count / sum(counts), 0))
        for i, (label, counts) in enumerate(zip(labels, c.confusion, strict=False))
        for j, count in enumerate(counts)
        if count and i != j and j < len(answered)
    ]
    return tuple(sorted(found, key=lambda item: (-item.count, item.true, item.answered)))
