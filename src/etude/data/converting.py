"""Rows of one shape as rows of another: every row is written, or listed with the reason.

It knows tables, readers and writers; files are for ``writers._files`` and ``workflow.convert``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from etude.data.neutral import Example
from etude.data.shapes._base import Cells, Unusable, plain_columns
from etude.data.shapes._decoding import decoded
from etude.data.shapes._finding import TABLE, look_beside, of_look
from etude.data.shapes._pictures import is_beside
from etude.data.shapes._plain import PlainColumns
from etude.data.shapes._table import named as with_names
from etude.data.sources import Table
from etude.data.sources._base import excerpt
from etude.data.writers import LOSSES, CantHold, Row, Writer
from etude.records.dataset import Reject
from etude.records.task import Data

Family = Literal["answers", "pairs", "liked"]
_PAIRS = ("openai_preference", "chosen_rejected")


@dataclass(frozen=True)
class Reading:
    """How a table is read: the shape's key and title, what it was told by, the columns that it is
    made of, and what its answers are."""

    key: str
    title: str
    reason: str
    family: str
    used: frozenset[str]
    read: Callable[[Cells], Example]
    by_column: bool
    """``read`` takes cells by the columns' own names; else by plain ones."""


class Sink(Protocol):
    """Where rows go."""

    def add(self, row: Row) -> None:
        """One row."""
        ...

    def refuses(self, row: Row) -> str | None:
        """Why this kind of file can't hold a row, or None."""
        ...


@dataclass
class Tally:
    """What became of the rows: ``read`` = ``converted`` + ``rejected``.

    ``rows`` were written (a pair can be two). ``left_out`` counts rows by the name of a loss that
    nobody agreed to, ``lost`` those that were written without something, ``beside`` those that name
    a picture by a path from the folder of their file.
    """

    read: int = 0
    converted: int = 0
    rows: int = 0
    rejected: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    beside: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    renamed: dict[str, str] = field(default_factory=dict)


def reading_of(table: Table, data: Data, shape: str | None = None) -> Reading:
    """How the table is read.

    Args:
        table: the file.
        data: columns that a person has named, or the task file's ``data``.
        shape: the shape's key, where a person has named it; ``table`` for plain columns.

    Raises:
        DataError: plain columns, and the input or the answer is not found.
        UnknownName: there is no such shape.
    """
    named = shape or data.shape
    found = None
    if named != TABLE and (named is not None or not (data.input or data.target)):
        found = of_look(look_beside(table, (), labelled=True), named)
    if found is None:
        columns = PlainColumns(table, data)
        reason = f"it was read by {columns.reason}"
        return Reading(
            TABLE, "a plain table", reason, columns.family, columns.used, columns.read, True
        )
    own = plain_columns(table.columns)
    used = frozenset(own[name] for name in found.shape.reads if name in own)
    family = "answers"
    if found.shape.key in _PAIRS:
        family = "pairs"
    elif "label" in found.shape.reads and "label" in own:
        family = "liked"
    one = found.shape
    return Reading(
        one.key,
        one.title,
        found.reason,
        family,
        used,
        lambda cells: one.read(cells, labelled=True),
        False,
    )


def convert(
    table: Table, reading: Reading, writer: Writer, sink: Sink, *, lossy: bool
) -> Iterator[Reject | Tally]:
    """Write every row or give its reject; the last that comes is the tally.

    A row that would mean something else without what the shape can't hold is rejected, unless
    ``lossy``. Columns beside the example are kept.
    """
    tally = Tally()
    yield from _unread(table, with_names(table.rejects), tally)
    others = [name for name in table.columns if name not in reading.used]
    beside = _Beside(table, others, tally)
    for line, cells, values in zip(
        table.lines.tolist(), _cells(table, reading), beside.rows(), strict=True
    ):
        tally.read += 1
        try:
            example = reading.read(cells)
            made, lost = _written(example, writer, lossy, tally)
            full = [beside.joined(one, values) for one in made]
            _fits(sink, full)
        except (Unusable, CantHold) as error:
            yield _rejected(table, line, cells.values(), error.reason, tally)
            continue
        for one in full:
            sink.add(one)
        tally.converted += 1
        tally.rows += len(full)
        tally.lost.update(lost)
        tally.beside += "pictures" not in lost and _has_picture_beside(example)
    yield tally


def _has_picture_beside(example: Example) -> bool:
    parts = (part for message in example.all_said for part in message.parts)
    return any(part.kind == "picture" and is_beside(part.value) for part in parts)


def _cells(table: Table, reading: Reading) -> Iterator[Cells]:
    """The cells of each row, by the names that the reading goes by."""
    own = {name: name for name in table.columns}
    columns = own if reading.by_column else plain_columns(table.columns)
    names = list(columns)
    for row in table.frame[list(columns.values())].iter_rows():
        yield dict(zip(names, row, strict=True))


def _fits(sink: Sink, rows: Sequence[Row]) -> None:
    """Check that the kind of file can hold the rows.

    Raises:
        CantHold: it can't.
    """
    for row in rows:
        if (reason := sink.refuses(row)) is not None:
            raise CantHold(reason)


def _rejected(
    table: Table, line: int, cells: Iterable[str | None], reason: str, tally: Tally
) -> Reject:
    tally.rejected += 1
    tally.reasons[reason] += 1
    text = excerpt(next((cell for cell in cells if cell), ""))
    return Reject(path=table.path, line=line, reason=reason, text=text)


def _written(
    example: Example, writer: Writer, lossy: bool, tally: Tally
) -> tuple[list[Row], set[str]]:
    if not any(one.role == "assistant" for one in example.messages):
        raise Unusable("no message is the assistant's", "example_missing_assistant_message")
    lost: set[str] = set()
    made = writer.write(example, lost)
    stops = sorted(name for name in lost if LOSSES[name].meaning)
    if stops and not lossy:
        tally.left_out.update(stops)
        has = " and ".join(LOSSES[name].has for name in stops)
        raise CantHold(f"it has {has}, which {writer.title} can't hold")
    return made, lost


class _Beside:
    """The columns beside the example, as the values that they were."""

    def __init__(self, table: Table, others: Sequence[str], tally: Tally) -> None:
        self.table = table
        self.others = others
        self.tally = tally

    def rows(self) -> Iterator[tuple[Any, ...]]:
        if not self.others:
            return iter(() for _ in range(len(self.table)))
        return self.table.frame[self.others].iter_rows()

    def joined(self, made: Row, values: Sequence[Any]) -> Row:
        """The row with the columns beside it; a name that is taken gets a number."""
        if not self.others:
            return made
        row = dict(made)
        for name, cell in zip(self.others, values, strict=True):
            if cell is not None:
                row[self._free(name, row)] = self._value(name, cell)
        return row

    def _free(self, name: str, row: Row) -> str:
        free, number = name, 2
        while free in row:
            free, number = f"{name}_{number}", number + 1
        if free != name:
            self.tally.renamed[name] = free
        return free

    def _value(self, name: str, cell: str) -> Any:
        if name not in self.table.coded:
            return cell
        try:
            return decoded(cell, name)
        except Unusable:
            return cell


def copied(table: Table, sink: Sink) -> Iterator[Reject | Tally]:
    """A plain table's rows with the columns that they have: another kind of file, nothing else."""
    tally = Tally()
    yield from _unread(table, table.rejects, tally)
    beside = _Beside(table, table.columns, tally)
    for line, values in zip(table.lines.tolist(), beside.rows(), strict=True):
        tally.read += 1
        row = beside.joined({}, values)
        if (reason := sink.refuses(row)) is not None:
            yield _rejected(table, line, values, reason, tally)
            continue
        sink.add(row)
        tally.converted += 1
        tally.rows += 1
    yield tally


def _unread(table: Table, rejects: Iterable[Reject], tally: Tally) -> Iterator[Reject]:
    """What the reader of the file has rejected."""
    for reject in rejects:
        tally.read += 1
        tally.rejected += 1
        tally.reasons[reject.reason] += 1
        yield reject
