"""Which shape a table has: by its column names and its first rows, never by all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from etude.data.names import INPUT_NAMES, TARGET_NAMES
from etude.data.shapes._base import Look, Shape, plain_columns
from etude.data.sources import Table
from etude.errors import DataError
from etude.records.task import WRITING, Task
from etude.registry import Registry

SHAPES = Registry("etude.data.shapes", "SHAPE", "shape of examples")
LOOKED_AT = 20
"""Rows that are looked at."""


TABLE = "table"
"""The name that says: no shape, plain columns."""


@dataclass(frozen=True)
class Found:
    """A table's shape, and what it was told by: "it has `messages` with `role` and `content`"."""

    shape: Shape
    reason: str


def shape_names() -> list[str]:
    """What ``data.shape`` may say: the shapes, and ``table`` for plain columns."""
    return [*SHAPES.names(), TABLE]


def find_shape(table: Table, task: Task, *, labelled: bool = True) -> Shape | None:
    """The shape of a table alone; see ``find``."""
    found = find(table, task, labelled=labelled)
    return None if found is None else found.shape


def find(table: Table, task: Task, *, labelled: bool = True) -> Found | None:
    """The shape of a table, or None for plain columns. What the task file names wins.

    Args:
        table: the rows as they were read.
        task: its kind and its ``data``.
        labelled: rows need an answer.

    Raises:
        DataError: a shape that nothing can be learned from.
        UnknownName: ``data.shape`` names none.
    """
    named = task.data.shape
    if named == TABLE or (named is None and (task.data.input or task.data.target)):
        return None
    look = look_at(table, task, labelled=labelled)
    found = of_look(look, named)
    if found is None or (named is None and _plainly_labelled(found.shape, look, task)):
        return None
    refusal = found.shape.refusal
    if refusal is not None:
        raise DataError(
            refusal.found, where=table.path, expected=refusal.expected, hint=refusal.hint
        )
    return found


def of_look(look: Look, named: str | None = None) -> Found | None:
    """The shape that a table is told to have, or the one that it is told to have by name.

    Raises:
        UnknownName: there is no shape of that name.
    """
    if named is not None:
        return Found(SHAPES.load(named), "it was named so")
    shapes: list[Shape] = [SHAPES.load(name) for name in SHAPES.names()]
    fitting = [shape for shape in shapes if shape.matches(look)]
    shape = min(fitting, key=lambda shape: (shape.rank, shape.key), default=None)
    return None if shape is None else Found(shape, f"it has {shape.reason(look)}")


def look_at(table: Table, task: Task, *, labelled: bool) -> Look:
    """What shapes are told by; columns that have a role in the task file are not looked at."""
    taken = {task.data.id, task.data.group, task.data.context}
    return look_beside(table, taken, labelled=labelled)


def look_beside(table: Table, taken: Collection[str | None], *, labelled: bool) -> Look:
    """The same, for columns but those in ``taken``."""
    columns = plain_columns([column for column in table.columns if column not in taken])
    first = table.frame.head(LOOKED_AT)[list(columns.values())]
    rows = first.rename({column: name for name, column in columns.items()}).to_dicts()
    return Look(frozenset(columns), tuple(rows), labelled)


def _plainly_labelled(shape: Shape, look: Look, task: Task) -> bool:
    """Whether a task with labels has them in columns with usual names, beside the shape's."""
    if task.kind in WRITING:
        return False
    texts = [name for name in INPUT_NAMES if name in look.columns and not look.lists(name)]
    own = set(shape.reads).difference(shape.keeps)
    labels = look.columns.intersection(TARGET_NAMES).difference(own)
    return bool(texts and labels)
