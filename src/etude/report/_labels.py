"""What a candidate does with each label: how often it is right, and what it takes for what.

Labels are shown, rows never.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.records.candidate import CandidateReport
from etude.report import _figures as figures
from etude.report._behind import Behind, Link

FULL_MATRIX = 12
"""Up to this many labels the whole confusion matrix is drawn."""
FEW = 30
"""Below this many examples of a label its figures are marked: too few to say a word on."""


@dataclass(frozen=True)
class ClassView:
    """One label's row; ``missed`` and ``wrongly`` are the rows that recall and precision lack."""

    label: str
    support: str
    recall: str
    precision: str
    f1: str
    few: bool
    missed: Link | None = None
    wrongly: Link | None = None


@dataclass(frozen=True)
class MixUp:
    """A label that was answered with another."""

    true: str
    answered: str
    count: int
    share: str
    link: Link | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: ``heat`` 0 to 5, ``right`` on the diagonal."""

    count: int
    heat: int
    right: bool
    link: Link | None = None


@dataclass(frozen=True)
class MatrixRow:
    """One true label with its cells; the last is "no valid answer"."""

    place: int
    label: str
    cells: tuple[Cell, ...]


def classes(c: CandidateReport, behind: Behind | None = None) -> tuple[ClassView, ...]:
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
            missed=_lacking(c, behind, "missed", label=item.label),
            wrongly=_lacking(c, behind, "wrongly said", answer=item.label),
        )
        for item in sorted(c.per_class, key=lambda item: (f1(item.f1), item.label))
    )


def _lacking(c: CandidateReport, behind: Behind | None, words: str, **narrow: str) -> Link | None:
    if behind is None:
        return None
    return behind.link(c.name, words, words, show="wrong", **narrow)


def matrix(
    c: CandidateReport, labels: tuple[str, ...], behind: Behind | None = None
) -> tuple[MatrixRow, ...]:
    """The whole confusion matrix; nothing where there are too many labels to draw it."""
    if len(labels) > FULL_MATRIX:
        return ()
    rows = []
    for i, (label, counts) in enumerate(zip(labels, c.confusion, strict=False)):
        total = max(sum(counts), 1)
        cells = tuple(
            Cell(
                count,
                math.ceil(5 * count / total) if i == j else _heat(count / total),
                i == j,
                _rows(c, labels, i, j, behind) if count else None,
            )
            for j, count in enumerate(counts)
        )
        rows.append(MatrixRow(i + 1, label, cells))
    return tuple(rows)


def _heat(share: float) -> int:
    """A mistake's colour: none below one in twenty, so that what matters stands out."""
    return sum(share >= step for step in (0.05, 0.15, 0.3))


def _rows(
    c: CandidateReport, labels: tuple[str, ...], true: int, said: int, behind: Behind | None
) -> Link | None:
    """To the rows of one cell; the last column is of those without a valid answer."""
    if behind is None:
        return None
    narrow = {"answer": labels[said]} if said < len(labels) else {"show": "none"}
    return behind.link(c.name, "row", label=labels[true], **narrow)


def mix_ups(
    c: CandidateReport, labels: tuple[str, ...], behind: Behind | None = None, linked: int = 0
) -> tuple[MixUp, ...]:
    """Every label that was answered with another, the most often first; so many lead to rows."""
    answered = (*labels, "no valid answer")
    found = sorted(
        (-count, label, answered[j], sum(counts), i, j)
        for i, (label, counts) in enumerate(zip(labels, c.confusion, strict=False))
        for j, count in enumerate(counts)
        if count and i != j and j < len(answered)
    )
    return tuple(
        MixUp(
            label,
            said,
            -count,
            figures.percent(-count / support, 0),
            _rows(c, labels, i, j, behind) if place < linked else None,
        )
        for place, (count, label, said, support, i, j) in enumerate(found)
    )
