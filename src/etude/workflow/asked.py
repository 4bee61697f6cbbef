"""What is to be answered, as inputs in the task's form: texts, rows by column, or a whole table.

The columns stay beside each input, because checks may name them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from etude.data.conversations import cells
from etude.data.examples import Examples
from etude.data.shapes import to_answer
from etude.data.sources import Table
from etude.data.tables import input_columns, one_table, texts_of
from etude.data.text import normalise
from etude.errors import UsageError
from etude.records.dataset import DatasetVersion
from etude.records.task import WRITING, Task
from etude.registry import nearest

Asked = str | Mapping[str, str]
"""A text, or one row by column."""


class Described(Protocol):
    """A task and how its inputs are read: a comparison, or a release."""

    @property
    def task(self) -> Task:
        """The task."""
        ...

    @property
    def dataset(self) -> DatasetVersion:
        """The version whose columns say what is read."""
        ...


@dataclass(frozen=True)
class Inputs:
    """``N`` inputs; ``columns`` is each one's own columns by name."""

    texts: tuple[str, ...]
    columns: tuple[Mapping[str, str], ...]

    def take(self, rows: Sequence[int]) -> Inputs:
        """Those at these positions."""
        return Inputs(
            tuple(self.texts[row] for row in rows), tuple(self.columns[row] for row in rows)
        )

    def examples(self) -> Examples:
        """As examples without ideal answers."""
        count = len(self.texts)
        return Examples(
            ids=tuple(f"row {place + 1}" for place in range(count)),
            inputs=self.texts,
            targets=("",) * count,
            groups=np.arange(count, dtype=np.int64),
            columns=tuple(json.dumps(dict(one), ensure_ascii=False) for one in self.columns),
        )


def of_table(table: Table, described: Described) -> Inputs:
    """Every row of a table; the text is "" where a row has nothing to answer.

    Raises:
        DataError: the table lacks a column of the input.
    """
    task, column = described.task, described.dataset.columns["input"]
    codes = {finding.code for finding in described.dataset.findings}
    shaped = to_answer(table, task, shared="shared_instructions" in codes)
    with_context = task.kind in WRITING
    texts = texts_of(shaped.table, shaped.data, column, with_context=with_context)
    rows = [{name: normalise(cell) for name, cell in row.items()} for row in table.rows]
    return Inputs(tuple(texts), _with_talk(rows, texts, task))


def of_asked(asked: Sequence[Asked], described: Described) -> Inputs:
    """Texts as they are; rows in the task's form.

    Raises:
        UsageError: a row names a column that the task does not read.
    """
    needed = input_columns(described.task.data, described.dataset.columns["input"])
    texts: list[str] = []
    columns: list[Mapping[str, str]] = []
    for one in asked:
        if isinstance(one, str):
            texts.append(one)
            columns.append({needed[0]: one} if len(needed) == 1 else {})
            continue
        found = of_table(one_table(_filled(one, needed, described)), described)
        texts += found.texts
        columns += found.columns
    return Inputs(tuple(texts), _with_talk(columns, texts, described.task))


def _with_talk(
    columns: Sequence[Mapping[str, str]], texts: Sequence[str], task: Task
) -> tuple[Mapping[str, str], ...]:
    """For conversations also what checks may name of them."""
    if task.kind != "chat":
        return tuple(columns)
    return tuple({**row, **cells(text)} for row, text in zip(columns, texts, strict=True))


def _filled(row: Mapping[str, str], needed: Sequence[str], described: Described) -> dict[str, str]:
    """The row with "" for what was left out."""
    context = described.task.data.context
    known = [*needed, *([context] if context else [])]
    for name in row:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(
                f"the task reads no column {name!r}",
                where="--field",
                expected=f"one of {', '.join(known)}",
                hint=f"did you mean {near!r}?" if near else None,
            )
    return {name: row.get(name, "") for name in known}
