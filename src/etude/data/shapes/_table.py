"""From a table in one of the shapes to a table with ``input`` and ``target``.

It knows tables and kinds; what a row means is the shape's work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from etude.data.conversations import Turn, as_input, compared
from etude.data.shapes import _told
from etude.data.shapes._base import Cells, Shape, Unusable, plain_columns
from etude.data.shapes._exchange import as_one, exchange_of
from etude.data.shapes._finding import Found, find
from etude.data.sources import Table
from etude.data.sources._base import excerpt
from etude.data.sources._values import problem
from etude.records.dataset import Finding, Reject
from etude.records.task import Data, Task

INPUT, TARGET = "input", "target"
_NO_OBJECT = str(problem([])).removeprefix("it holds a list")
"""How the readers end the reason of a row that is no object."""


@dataclass(frozen=True)
class Row:
    """One row, read. ``instructions`` and ``text`` are of kinds whose input is one text."""

    asked: tuple[Turn, ...]
    instructions: str
    text: str
    answer: str
    signs: frozenset[str]
    whole: str


@dataclass(frozen=True)
class Shaped:
    """A table to go on with.

    ``data``: the task's, with the columns that hold input and target. ``compared``: the texts by
    which copies are found, a row each; None where they are the inputs.
    """

    table: Table
    data: Data
    compared: list[str] | None = None


@dataclass(frozen=True)
class _Read:
    """A table's rows, None where a row is rejected, and the rejects."""

    table: Table
    found: Found
    rows: list[Row | None]
    rejects: tuple[Reject, ...]

    @property
    def shape(self) -> Shape:
        return self.found.shape

    @property
    def usable(self) -> list[Row]:
        return [row for row in self.rows if row is not None]


def read_shapes(
    tables: Sequence[Table], task: Task, *, labelled: bool = True
) -> tuple[list[Shaped], list[Finding]]:
    """Each table with columns ``input`` and ``target`` where it has a known shape, else as it is.

    For ``chat`` the input is the compact JSON of all messages before the assistant's last one, which
    is the target. For other kinds it is the user's text; instructions that are the same in every
    row of all tables are left out and reported, others stand before the text.

    Args:
        tables: the examples, and a holdout where there is one.
        task: its kind, and what its ``data`` names.
        labelled: rows need an answer.

    Raises:
        DataError: a table has a shape that nothing can be learned from.
    """
    chat = task.kind == "chat"
    found: list[_Read | None] = []
    for table in tables:
        shape = find(table, task, labelled=labelled)
        found.append(_read(table, shape, chat=chat, labelled=labelled) if shape else None)
    read = [one for one in found if one is not None]
    if not read:
        return [Shaped(table, task.data) for table in tables], []
    rows = [row for one in read for row in one.usable]
    shared = None if chat else shared_instructions([row.instructions for row in rows])
    texts = iter(compared([_turns(row) for row in rows])) if _differ(rows, chat, shared) else None
    shaped = [
        Shaped(table, task.data) if one is None else _shaped(one, task, chat, shared, texts)
        for table, one in zip(tables, found, strict=True)
    ]
    findings = [_told.about_shape(one.table.path, one.found, len(one.usable), chat) for one in read]
    findings += _told.about_instructions(rows, shared, task)
    return shaped, findings + _told.about_signs(rows)


def to_answer(table: Table, task: Task, *, shared: bool = False) -> Shaped:
    """A table of inputs to be answered: all its rows and columns, and ``input`` beside them.

    A row that can't be read has no input. An answer that stands at the end of a conversation is
    not part of what is asked.

    Args:
        table: the rows.
        task: its kind, and what its ``data`` names.
        shared: instructions in the rows are left out (``shared_instructions`` is among the
            findings of the examples).
    """
    chat = task.kind == "chat"
    shape = find(table, task, labelled=False)
    if shape is None:
        return Shaped(table, task.data)
    read = _read(table, shape, chat=chat, labelled=False)
    left_out = {row.instructions for row in read.usable} if shared else set()
    texts = [None if row is None else _input(row, chat, left_out) for row in read.rows]
    frame = table.frame.with_columns(pl.Series(INPUT, texts, pl.String))
    columns = tuple(frame.columns)
    data = task.data.model_copy(update={"input": INPUT})
    return Shaped(replace(table, frame=frame, columns=columns), data)


def shared_instructions(instructions: Sequence[str]) -> str | None:
    """The instructions that all rows have, or None."""
    distinct = set(instructions)
    return distinct.pop() if len(distinct) == 1 and "" not in distinct else None


def rows_of(table: Table) -> Iterator[tuple[int, Cells]]:
    """The line and the cells of each row, by plain column name."""
    columns = plain_columns(table.columns)
    frame = table.frame[list(columns.values())]
    names = list(columns)
    for line, row in zip(table.lines.tolist(), frame.iter_rows(), strict=True):
        yield line, dict(zip(names, row, strict=True))


def named(rejects: Sequence[Reject]) -> list[Reject]:
    """The reader's rejects, with the name that people know for a row that is no object."""
    return [
        reject.model_copy(update={"reason": f"{reject.reason} (data_type)"})
        if reject.reason.endswith(_NO_OBJECT)
        else reject
        for reject in rejects
    ]


def shown(cells: Cells, columns: Sequence[str]) -> str:
    """The text of a row for the list of rejects: its first cell that holds something."""
    return excerpt(next((str(cells[name]) for name in columns if cells.get(name)), ""))


def _read(table: Table, found: Found, *, chat: bool, labelled: bool) -> _Read:
    rows: list[Row | None] = []
    rejects = named(table.rejects)
    for line, cells in rows_of(table):
        try:
            rows.append(_row(found.shape, cells, chat, labelled))
        except Unusable as error:
            rows.append(None)
            text = shown(cells, found.shape.reads)
            rejects.append(Reject(path=table.path, line=line, reason=error.reason, text=text))
    return _Read(table, found, rows, tuple(rejects))


def _row(shape: Shape, cells: Cells, chat: bool, labelled: bool) -> Row:
    example = shape.read(cells, labelled=labelled)
    found = exchange_of(example, labelled=labelled, chat=chat)
    instructions, text = ("", "") if chat else as_one(found.asked)
    return Row(found.asked, instructions, text, found.answer, found.signs, found.whole)


def _turns(row: Row) -> list[Turn]:
    system = [Turn("system", row.instructions)] if row.instructions else []
    return [*system, Turn("user", row.text)]


def _differ(rows: Sequence[Row], chat: bool, shared: str | None) -> bool:
    """Whether instructions stand in the inputs of a kind whose input is one text."""
    return not chat and shared is None and any(row.instructions for row in rows)


def _input(row: Row, chat: bool, left_out: set[str]) -> str:
    if chat:
        return row.whole or as_input(row.asked)
    if not row.instructions or row.instructions in left_out:
        return row.text
    return f"{row.instructions}\n\n{row.text}"


def _shaped(
    read: _Read, task: Task, chat: bool, shared: str | None, texts: Iterator[str] | None
) -> Shaped:
    left_out = set() if shared is None else {shared}
    usable = read.usable
    kept = np.array([row is not None for row in read.rows], dtype=np.bool_)
    frame = pl.DataFrame(
        {
            INPUT: [_input(row, chat, left_out) for row in usable],
            TARGET: [row.answer for row in usable],
        },
        schema={INPUT: pl.String, TARGET: pl.String},
    )
    others = read.table.frame.filter(pl.Series(kept, dtype=pl.Boolean)).select(_others(read))
    for name in others.columns:
        frame = frame.with_columns(others[name].alias(_free(name, frame.columns)))
    table = replace(
        read.table,
        frame=frame,
        columns=tuple(frame.columns),
        lines=read.table.lines[kept],
        rejects=read.rejects,
    )
    data = task.data.model_copy(update={"input": INPUT, "target": TARGET})
    own = None if texts is None else [next(texts) for _ in usable]
    return Shaped(table, data, own)


def _others(read: _Read) -> list[str]:
    """The columns that the shape does not read, and those that stay."""
    columns = plain_columns(read.table.columns)
    dropped = {
        columns[name]
        for name in read.shape.reads
        if name in columns and name not in read.shape.keeps
    }
    return [column for column in read.table.columns if column not in dropped]


def _free(name: str, taken: Sequence[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
