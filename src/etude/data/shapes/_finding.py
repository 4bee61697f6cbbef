"""Which shape a table has: by its column names and its first rows, never by all of them."""

from __future__ import annotations

from etude.data.names import INPUT_NAMES, TARGET_NAMES
from etude.data.shapes._base import Look, Shape, plain_columns
from etude.data.sources import Table
from etude.errors import DataError
from etude.records.task import WRITING, Task
from etude.registry import Registry

SHAPES = Registry("etude.data.shapes", "SHAPE", "shape of examples")
LOOKED_AT = 20
"""Rows that are looked at."""


def find_shape(table: Table, task: Task, *, labelled: bool = True) -> Shape | None:
    """The shape of a table, or None for plain columns. Columns named in the task file win.

    Args:
        table: the rows as they were read.
        task: its kind and its ``data``.
        labelled: rows need an answer.

    Raises:
        DataError: a shape that nothing can be learned from.
    """
    if task.data.input is not None or task.data.target is not None:
        return None
    look = look_at(table, task, labelled=labelled)
    shapes: list[Shape] = [SHAPES.load(name) for name in SHAPES.names()]
    fitting = [shape for shape in shapes if shape.matches(look)]
    shape = min(fitting, key=lambda shape: (shape.rank, shape.key), default=None)
    if shape is None or _plainly_labelled(shape, look, task):
        return None
    if shape.refusal is not None:
        raise DataError(
            shape.refusal.found,
            where=table.path,
            expected=shape.refusal.expected,
            hint=shape.refusal.hint,
        )
    return shape


def look_at(table: Table, task: Task, *, labelled: bool) -> Look:
    """What shapes are told by; columns that have a role in the task file are not looked at."""
    taken = {task.data.id, task.data.group, task.data.context}
    columns = plain_columns([column for column in table.columns if column not in taken])
    first = table.frame.head(LOOKED_AT).select(columns.values())
    rows = first.rename({column: name for name, column in columns.items()}).to_dicts()
    return Look(frozenset(columns), tuple(rows), labelled)


def _plainly_labelled(shape: Shape, look: Look, task: Task) -> bool:
    """Whether a task with labels has them in columns with usual names, beside the shape's."""
    if task.kind in WRITING:
        return False
    texts = [name for name in INPUT_NAMES if name in look.columns and not look.lists(name)]
    labels = look.columns.intersection(TARGET_NAMES).difference(shape.reads)
    return bool(texts and labels)
