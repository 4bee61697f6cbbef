"""Decisions of people about rows, laid over the examples while they are read: the source files stay
as they are.

A decision names its row by id and carries a hash of the row as it was when somebody decided. Where
the row has changed since, the decision is not applied, and is listed. It knows canonical rows and
decisions; where decisions are kept is for others.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etude.data._laid import Laid, Rules
from etude.records.decision import Decision

_NUMBER = re.compile(r"-\d+$")


@dataclass(frozen=True)
class Placed:
    """A decision and the line of its file that it stands on, from 1."""

    decision: Decision
    line: int


@dataclass(frozen=True)
class Unapplied:
    """A decision that no longer fits, and why."""

    placed: Placed
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What decisions did. ``dropped`` and ``changed`` are ids of rows; ``kept`` are pairs of a row
    and the finding that a person has looked at and let stand; ``rows`` has, for each decision that
    was applied, the row that it was applied to."""

    dropped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    kept: frozenset[tuple[str, str]] = frozenset()
    unapplied: tuple[Unapplied, ...] = ()
    rows: tuple[tuple[Placed, str], ...] = ()

    @property
    def any(self) -> bool:
        """Whether rows are other than in the files."""
        return bool(self.dropped or self.changed)


NOTHING = Outcome()


def row_hash(text: str, target: str, context: str | None) -> str:
    """sha256 of what a person sees of a row, first 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for cell in (text, target, context):
        data = b"" if cell is None else cell.encode("utf-8", "surrogatepass")
        digest.update(f"{-1 if cell is None else len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


def lay(
    frame: pl.DataFrame, bases: pl.Series, decisions: Sequence[Placed], rules: Rules
) -> tuple[pl.DataFrame, Outcome]:
    """The rows as people decided, and what came of each decision.

    Decisions are applied in their order; each is held against the row as earlier ones left it.

    Args:
        frame: canonical rows with ``id``, ``input``, ``target``, ``context`` and ``cells``.
        bases: of each row, its id before copies were numbered.
        decisions: in the order of their file.
        rules: what a row of this task must be.
    """
    if not decisions:
        return frame, NOTHING
    rows = _Rows(frame, bases, decisions)
    kept: set[tuple[str, str]] = set()
    unapplied: list[Unapplied] = []
    applied: list[tuple[Placed, str]] = []
    for placed in decisions:
        found = rows.of(placed.decision)
        reason = found if isinstance(found, str) else found.take(placed.decision, rules)
        if isinstance(found, str) or reason is not None:
            unapplied.append(Unapplied(placed, reason or ""))
            continue
        applied.append((placed, found.id))
        if placed.decision.action == "keep":
            kept.add((found.id, placed.decision.finding))
    outcome = Outcome(
        dropped=tuple(row.id for row in rows.touched if row.dropped),
        changed=tuple(row.id for row in rows.touched if row.changed and not row.dropped),
        kept=frozenset(kept),
        unapplied=tuple(unapplied),
        rows=tuple(applied),
    )
    return _merged(frame, rows.touched), outcome


@dataclass
class _Rows:
    """The rows that decisions may mean, as they stand while decisions are applied."""

    frame: pl.DataFrame
    bases: pl.Series
    decisions: Sequence[Placed]
    by_id: dict[str, Laid] = field(default_factory=dict)
    by_base: dict[str, list[Laid]] = field(default_factory=lambda: defaultdict(list))
    meant: dict[str, str] = field(default_factory=dict)
    """What a decision calls a row to the row's id."""

    def __post_init__(self) -> None:
        named = {placed.decision.row for placed in self.decisions}
        bases = named | {_NUMBER.sub("", name) for name in named}
        table = self.frame.select("id", "input", "target", "context", "cells").with_columns(
            self.bases.alias("base")
        )
        wanted = pl.col("id").is_in(list(named)) | pl.col("base").is_in(list(bases))
        for name, text, target, context, cells, base in table.filter(wanted).iter_rows():
            row = Laid(name, text, target, context, cells)
            self.by_id[name] = row
            self.by_base[base].append(row)

    @property
    def touched(self) -> list[Laid]:
        """Rows that are no longer as they were read."""
        return [row for row in self.by_id.values() if row.dropped or row.changed]

    def of(self, decision: Decision) -> Laid | str:
        """The row that is meant, or why there is none."""
        name = decision.row
        row = self.by_id.get(self.meant.get(name, name))
        if row is not None and self._is(row, decision):
            self.meant[name] = row.id
            return row
        if name not in self.meant:
            moved = self._moved(decision)
            if moved is not None:
                self.meant[name] = moved.id
                return moved
        if row is None:
            return "the row is no longer there"
        return "the row is left out already" if row.dropped else "the row has changed since"

    @staticmethod
    def _is(row: Laid, decision: Decision) -> bool:
        return not row.dropped and row_hash(row.text, row.target, row.context) == decision.of

    def _moved(self, decision: Decision) -> Laid | None:
        """Copies are numbered by content, so new ones may have moved the number.

        A decision on a later copy never takes the first: where copies went away, it is the one that
        was to stay.
        """
        taken = set(self.meant.values())
        base = _NUMBER.sub("", decision.row)
        for name in dict.fromkeys((decision.row, base)):
            for row in self.by_base.get(name, []):
                first = row.id == name and decision.row != name
                if row.id not in taken and not first and self._is(row, decision):
                    return row
        return None


def _merged(frame: pl.DataFrame, touched: Sequence[Laid]) -> pl.DataFrame:
    gone = [row.id for row in touched if row.dropped]
    frame = frame.filter(~pl.col("id").is_in(gone))
    changed = [row for row in touched if row.changed and not row.dropped]
    if not changed:
        return frame
    names = ("input", "target", "context", "cells")
    table = pl.DataFrame(
        [(row.id, row.text, row.target, row.context, row.cells, True) for row in changed],
        schema={"id": pl.String}
        | {f"{name}_laid": pl.String for name in names}
        | {"laid": pl.Boolean},
        orient="row",
    )
    joined = frame.join(table, on="id", how="left", maintain_order="left")
    return joined.with_columns(
        pl.when(pl.col("laid")).then(pl.col(f"{name}_laid")).otherwise(pl.col(name)).alias(name)
        for name in names
    ).select(frame.columns)
