"""Examples that ``etude new`` can make no project of: what was found, and what to name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etude.errors import DataError
from etude.records.task import Kind
from etude.workflow._guess import Guess
from etude.workflow._scaffold import one_line


def refuse_unusable(found: Guess, columns: Sequence[str], path: Path) -> None:
    """A task with labels.

    Raises:
        DataError: there is no row, no label to choose, or nothing to read.
    """
    listed = ", ".join(map(one_line, columns))
    if not found.rows:
        raise DataError("the file has no rows", where=str(path), expected="at least two examples")
    if found.target is None:
        raise DataError(
            "no column looks like the right answers",
            where=str(path),
            expected=f"a column with a few short values that repeat; the columns are {listed}",
            hint="name it: --target COLUMN (and --kind write for answers that are texts)",
        )
    if len(found.labels) < 2:
        raise DataError(
            f"the column {found.target!r} has {len(found.labels)} label"
            f"{'s' if len(found.labels) != 1 else ''}",
            where=str(path),
            expected="at least 2 to choose between",
            hint="name another column: --target COLUMN",
        )
    if not found.inputs:
        raise DataError(
            "no column looks like the text that is read",
            where=str(path),
            expected=f"a column of texts; the columns are {listed}",
            hint="name it: --input COLUMN",
        )


def refuse_unwritable(found: Guess, columns: Sequence[str], path: Path) -> None:
    """A task that writes.

    Raises:
        DataError: there is nothing to read, or nothing that every ideal answer keeps.
    """
    listed = ", ".join(map(one_line, columns))
    if not found.inputs and found.kind != "chat":
        raise DataError(
            "no column looks like the text that is read",
            where=str(path),
            expected=f"a column of texts; the columns are {listed}",
            hint="name it: --input COLUMN",
        )
    if not found.schema and not found.checks:
        raise DataError(
            f"the column {found.target!r} has no answers that anything could be guessed from",
            where=str(path),
            expected="ideal answers in most rows",
            hint="name another column: --target COLUMN",
        )


def no_answers(kind: Kind | None, columns: Sequence[str], path: Path) -> DataError:
    """No column looks like the ideal answers of this kind."""
    wanted = {
        "extract": "a column of JSON objects",
        "chat": "a column of replies, beside one of the messages before them (a JSON list)",
    }.get(kind or "", "a column of texts, a different one in most rows")
    return DataError(
        f"no column looks like the ideal answers of kind {kind!r}",
        where=str(path),
        expected=f"{wanted}; the columns are {', '.join(map(one_line, columns))}",
        hint="name it: --target COLUMN",
    )
