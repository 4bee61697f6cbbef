"""Which column of a table is the input, the target, the id, the group and the context.

It knows column names and the task file's ``data``, and nothing of cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etude.data.names import BODY_NAMES, INPUT_NAMES, TARGET_NAMES, plain
from etude.errors import DataError
from etude.records.task import Data
from etude.registry import nearest

HOLE = re.compile(r"\{\{\s*(.+?)\s*\}\}")
"""A column in a template: ``{{subject}}``."""


@dataclass(frozen=True)
class Roles:
    """Columns by role. ``template`` is set where the input is a template of several."""

    input: tuple[str, ...]
    template: str | None
    target: str | None
    id: str | None
    group: str | None
    context: str | None

    @property
    def used(self) -> frozenset[str]:
        """Every column that has a role; the others are ``meta``."""
        single = (self.target, self.id, self.group, self.context)
        return frozenset((*self.input, *(name for name in single if name is not None)))

    def described(self) -> dict[str, str]:
        """Role to what it is read from, for the dataset's record."""
        roles = {"input": self.template or " + ".join(self.input)}
        for role in ("target", "id", "group", "context"):
            if (name := getattr(self, role)) is not None:
                roles[role] = name
        return roles


def find_roles(columns: Sequence[str], data: Data, where: str, *, labelled: bool = True) -> Roles:
    """The columns that the task file names, else those with a usual name.

    Args:
        columns: the table's.
        data: the task file's ``data``.
        where: the file, for errors.
        labelled: a target is needed; else it is only taken where there is one.

    Raises:
        DataError: a named column is not there, or none of the usual names is.
    """
    named = [data.target] if labelled else []
    missing = [
        name
        for name in (*_holes(data.input), *named, data.id, data.group, data.context)
        if name is not None and name not in columns
    ]
    if missing:
        raise _not_there(missing, columns, where, labelled=labelled)
    target = data.target if data.target in columns else None
    if data.target is None:
        target = _target(columns, _holes(data.input), where, labelled)
    taken = [name for name in (target, data.id, data.group, data.context) if name is not None]
    template = data.input if isinstance(data.input, str) and HOLE.search(data.input) else None
    inputs = tuple(_holes(data.input)) or _input(columns, taken, where)
    return Roles(inputs, template, target, data.id, data.group, data.context)


def _holes(written: str | tuple[str, ...] | None) -> list[str]:
    if written is None:
        return []
    if isinstance(written, tuple):
        return list(written)
    return list(dict.fromkeys(HOLE.findall(written))) or [written]


def _not_there(
    missing: Iterable[str], columns: Sequence[str], where: str, *, labelled: bool
) -> DataError:
    missing = list(dict.fromkeys(missing))
    listed = ", ".join(repr(name) for name in missing)
    near = {name: other for name in missing if (other := _near(name, columns))}
    # Of a file beside the examples it is the file whose names are wrong.
    mend = (
        "change the name under `data` in etude.yaml"
        if labelled
        else f"name the column{'s' if len(missing) > 1 else ''} in this file as in your examples"
    )
    return DataError(
        f"there is no column {listed}",
        where=where,
        expected=f"one of the columns {', '.join(columns)}",
        hint="; ".join(f"did you mean {other!r} for {name!r}?" for name, other in near.items())
        or mend,
    )


def _near(name: str, columns: Sequence[str]) -> str | None:
    by_plain = {plain(column): column for column in columns}
    found = nearest(plain(name), list(by_plain))
    return by_plain[found] if found else None


def _first(names: Sequence[str], columns: Iterable[str]) -> str | None:
    by_plain = {plain(column): column for column in columns}
    return next((by_plain[name] for name in names if name in by_plain), None)


def _target(
    columns: Sequence[str], inputs: Sequence[str], where: str, labelled: bool
) -> str | None:
    free = [column for column in columns if column not in inputs]
    found = _first(TARGET_NAMES, free)
    if found is None and len(columns) == 2:
        # Of two columns, the one that is not the input is the target.
        text = inputs[0] if len(inputs) == 1 else _first(INPUT_NAMES, columns)
        found = next((c for c in free if c != text), None) if text is not None else None
    if found is None and labelled:
        raise _no_name("target", "the right answers", TARGET_NAMES, columns, where)
    return found


def _input(columns: Sequence[str], taken: Sequence[str], where: str) -> tuple[str, ...]:
    free = [column for column in columns if column not in taken]
    subject, body = _first(("subject",), free), _first(BODY_NAMES, free)
    if subject is not None and body is not None:
        return (subject, body)
    found = _first(INPUT_NAMES, free)
    if found is None and len(free) == 1:
        found = free[0]
    if found is None:
        raise _no_name("input", "the texts to be answered", INPUT_NAMES, columns, where)
    return (found,)


def _no_name(
    role: str, meaning: str, names: Sequence[str], columns: Sequence[str], where: str
) -> DataError:
    near = next((near for name in names if (near := _near(name, columns))), None)
    return DataError(
        f"no column is called {', '.join(names[:4])} or the like, so the {role} "
        f"({meaning}) was not found",
        where=where,
        expected=f"the {role}'s column; the columns are {', '.join(columns)}",
        hint=f"write under `data` in etude.yaml:  {role}: {near or columns[0]}",
    )
