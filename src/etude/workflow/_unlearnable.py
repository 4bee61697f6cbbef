"""Conversations that call tools or show pictures: read, checked and converted, but not learned yet.

A chat format that puts tools into a model's own template, and reads calls out of its answers, is
still to come; until then a comparison with them would be one of other examples than people gave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from etude.data.conversations import beyond_words
from etude.data.findings import count_of
from etude.errors import DataError
from etude.records.task import Task

_SAID = {
    "tools": ("has tools or calls", "have tools or calls"),
    "pictures": ("shows pictures", "show pictures"),
}


def refuse_beyond_words(task: Task, frame: pl.DataFrame) -> None:
    """Check that the examples are words alone.

    Raises:
        DataError: some hold tools or pictures.
    """
    if task.kind != "chat":
        return
    rows = frame.select("input", "target").iter_rows()
    counts = Counter(found for row in rows if (found := _first(row)) is not None)
    if counts:
        raise _refused(counts, "example", task.data.examples, "leave those rows out of the file")


def refuse_asked(task: Task, texts: Sequence[str]) -> None:
    """Check that what is to be answered is words alone.

    Raises:
        DataError: something of it holds tools or pictures.
    """
    if task.kind != "chat":
        return
    counts = Counter(found for text in texts if (found := beyond_words(text)) is not None)
    if counts:
        raise _refused(counts, "conversation", None, "leave those out")


def _first(row: Iterable[str]) -> str | None:
    return next((found for text in row if (found := beyond_words(text)) is not None), None)


def _refused(counts: Counter[str], unit: str, where: str | None, hint: str) -> DataError:
    listed = " and ".join(
        f"{count_of(count, unit)} {_SAID[name][count != 1]}" for name, count in counts.items()
    )
    return DataError(
        f"{listed}: no model can be asked with these, or learn them, yet",
        where=where,
        expected="conversations of words alone",
        hint=hint,
    )
