"""What kinds that write add to a canonical row: the cells that checks may name, what an answer may
use as part of the input, records as compact JSON, and conversations as compact JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from etude.data.columns import Roles
from etude.data.conversations import cells as conversation_cells
from etude.data.conversations import with_context
from etude.data.records import record
from etude.data.shapes import plain_input
from etude.data.sources import Table
from etude.data.text import normalise
from etude.records.task import Task

CONTEXT = "\n\nWhat you may use:\n"
"""Stands between an input and its ``context``."""


def written(
    frame: pl.DataFrame, table: Table, roles: Roles, task: Task, labelled: bool
) -> pl.DataFrame:
    """The rows of a kind that writes.

    Args:
        frame: canonical columns with ``why``, a row for each of the table's.
        table: where they are from.
        roles: its columns.
        task: the kind, and the schema where there is one.
        labelled: rows have targets.
    """
    own = [
        dict(zip(roles.input, map(normalise, row), strict=True))
        for row in table.frame.select(roles.input).fill_null("").iter_rows()
    ]
    if task.kind == "chat":
        frame = _conversations(frame)
        texts = frame["input"].to_list()
        own = [
            {**(cells if roles.input != ("input",) else {}), **conversation_cells(text)}
            for cells, text in zip(own, texts, strict=True)
        ]
    packed = [json.dumps(cells, ensure_ascii=False, separators=(",", ":")) for cells in own]
    frame = frame.with_columns(pl.Series("cells", packed, pl.String))
    frame = _with_context(frame, task)
    return _records(frame, task) if task.output_schema is not None and labelled else frame


def _conversations(frame: pl.DataFrame) -> pl.DataFrame:
    read = [plain_input(text) for text in frame["input"].to_list()]
    return frame.with_columns(
        pl.Series("input", [text for text, _ in read], pl.String),
        _first_fault(frame, [fault for _, fault in read]),
    )


def _with_context(frame: pl.DataFrame, task: Task) -> pl.DataFrame:
    if task.kind == "chat":
        rows = frame.select("input", "context").iter_rows()
        texts = [with_context(text, CONTEXT, used) if used else text for text, used in rows]
        return frame.with_columns(pl.Series("input", texts, pl.String))
    return frame.with_columns(
        pl.when(pl.col("context").is_null())
        .then(pl.col("input"))
        .otherwise(pl.concat_str("input", pl.lit(CONTEXT), "context"))
        .alias("input")
    )


def _records(frame: pl.DataFrame, task: Task) -> pl.DataFrame:
    schema = task.output_schema or {}
    read = [record(text, schema) for text in frame["target"].to_list()]
    return frame.with_columns(
        pl.Series("target", [text for text, _ in read], pl.String),
        _first_fault(frame, [fault for _, fault in read]),
    )


def _first_fault(frame: pl.DataFrame, faults: Sequence[str | None]) -> pl.Series:
    both = zip(frame["why"].to_list(), faults, strict=True)
    return pl.Series("why", [before or fault for before, fault in both], pl.String)
