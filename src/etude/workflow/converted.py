"""What came of a conversion: the record, and its sentences for people.

It knows counts, shapes' titles and what a shape can't hold; files are ``convert``'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.data.converting import Tally
from etude.data.sources import Table
from etude.data.writers import LOSSES, Writer
from etude.errors import DataError
from etude.records.dataset import Reject


@dataclass(frozen=True)
class Converted:
    """What was made: ``read`` rows are ``converted`` and ``rejected``; ``rows`` were written."""

    source: str
    target: Path
    rejects: Path | None
    read_as: str
    reason: str
    written_as: str
    read: int
    converted: int
    rows: int
    rejected: int
    left_out: tuple[str, ...]
    """Sentences about rows that would have lost their meaning."""
    lost: tuple[str, ...]
    """Sentences about what written rows do without."""
    reasons: tuple[tuple[str, int], ...]
    """Why rows were rejected, the most frequent first."""
    notes: tuple[str, ...]
    """What the reader assumed, and columns with new names."""
    beside: int = 0
    """Rows that name a picture by a path from the folder of the examples."""

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude convert --json``."""
        return {
            "schema": 1,
            "source": self.source,
            "target": str(self.target),
            "rejects": str(self.rejects) if self.rejects else None,
            "read_as": self.read_as,
            "reason": self.reason,
            "written_as": self.written_as,
            "rows": {
                "read": self.read,
                "converted": self.converted,
                "written": self.rows,
                "rejected": self.rejected,
            },
            "left_out": list(self.left_out),
            "lost": list(self.lost),
            "reasons": [{"reason": reason, "rows": rows} for reason, rows in self.reasons],
            "notes": list(self.notes),
        }


def left_out(tally: Tally, writer: Writer) -> list[str]:
    """Which rows were left out, and for what."""
    return [
        f"{_rows(count)} {_have(count)} {LOSSES[name].has}, which {writer.title} can't hold; "
        f"{'it is' if count == 1 else 'they are'} left out (with --lossy: {LOSSES[name].left})"
        for name, count in tally.left_out.most_common()
    ]


def lost(tally: Tally, writer: Writer) -> list[str]:
    """What written rows do without."""
    return [
        f"{_rows(count)} {_have(count)} {LOSSES[name].has}"
        + ("" if name == "made_ids" else f", which {writer.title} can't hold")
        + f": {LOSSES[name].left}"
        for name, count in tally.lost.most_common()
    ]


def renamed(tally: Tally) -> Sequence[str]:
    """Columns with new names."""
    if not tally.renamed:
        return ()
    listed = ", ".join(f"{old} → {new}" for old, new in sorted(tally.renamed.items()))
    return (f"columns whose names the shape needs for itself were renamed: {listed}",)


def moved(done: Converted, source: Path) -> Sequence[str]:
    """That pictures are named by paths from another folder than the new file's."""
    if not done.beside or done.target.resolve().parent == source.resolve().parent:
        return ()
    return (
        f"{_rows(done.beside)} {'names' if done.beside == 1 else 'name'} pictures by their paths from "
        "the folder of the examples: copy the pictures beside the new file too",
    )


def nothing(table: Table, tally: Tally, writer: Writer, first: Reject | None) -> DataError:
    """The error where not one row can be written."""
    reasons = Counter(tally.reasons).most_common(3)
    listed = "; ".join(f"{reason} ({_rows(count)})" for reason, count in reasons)
    return DataError(
        f"not one row can be written as {writer.title}" + (f": {listed}" if listed else ""),
        where=f"{table.path}, line {first.line}" if first else table.path,
        expected="rows that the shape can hold",
        hint="--lossy writes them without it"
        if tally.left_out
        else "name another shape with --to, or say with --from what the rows are",
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
