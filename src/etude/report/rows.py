"""``rows.html``: what each candidate got wrong, row by row. It holds data of people: never for
sending on.

Personal data are masked and texts cut before anything is written. The rows lie in the page as
JSON that can't end its script element, and the page's script only ever sets texts.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl

from etude.records.comparison import CandidateReport, Comparison
from etude.records.task import WRITING
from etude.report._shown import LONGEST, Texts, length_for, safe_json, shown
from etude.report._templates import render
from etude.report.summary import in_order, titles
from etude.report.written import page
from etude.store import atomic

__all__ = ["LONGEST", "shown", "write_rows"]

_COLUMNS = ("id", "input", "target", "side")


def write_rows(comparison: Comparison, rows: pl.DataFrame, path: Path) -> None:
    """Write the page of rows to ``path``, whole or not at all.

    Args:
        rows: columns ``id``, ``input``, ``target``, ``side`` ("dev", "out-of-fold" or "holdout")
            and for each scored candidate ``<name>|output``, ``<name>|confidence`` (0 to 1) and
            ``<name>|failure``. No output and no failure: that candidate was not asked. Kinds that
            write have ``<name>|right``, ``|faults`` and ``|evidence`` besides.

    Raises:
        ValueError: a column is missing.
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    scored = [c for c in in_order(comparison) if c.quality is not None]
    written = comparison.task.kind in WRITING
    parts = ("output", "confidence", "failure", *(("right", "faults", "evidence") * written))
    wanted = [*_COLUMNS, *(f"{c.name}|{part}" for c in scored for part in parts)]
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        raise ValueError(f"rows lack the columns {', '.join(missing)}")
    make = page if written else _labelled
    atomic.write_text(path, make(comparison, scored, rows))


def _labelled(comparison: Comparison, scored: list[CandidateReport], rows: pl.DataFrame) -> str:
    """The page of a task with labels."""
    return render(
        "rows.html.j2",
        "rows.js",
        task=comparison.task.task,
        count=rows.height,
        created=comparison.created,
        holdout="holdout" in rows["side"].to_list(),
        data=safe_json(_data(comparison, scored, rows)),
    )


def _data(
    comparison: Comparison, scored: list[CandidateReport], rows: pl.DataFrame
) -> dict[str, Any]:
    texts, called = Texts(length_for(rows.height)), titles(comparison)
    targets = rows["target"].to_list()
    names = [c.name for c in scored]
    recommended = comparison.verdict.recommended
    return {
        "candidates": [called[name] for name in names],
        "first": names.index(recommended) if recommended in names else 0,
        "ids": [shown(str(value), 200) for value in rows["id"].to_list()],
        "inputs": [texts.place(value) for value in rows["input"].to_list()],
        "targets": [texts.place(value) for value in targets],
        "sides": [texts.place(value) for value in rows["side"].to_list()],
        "answers": [_answers(rows, name, targets, texts) for name in names],
        "texts": texts.known,
    }


def _answers(
    rows: pl.DataFrame, name: str, targets: list[object], texts: Texts
) -> dict[str, list[Any]]:
    outputs = rows[f"{name}|output"].to_list()
    failures = rows[f"{name}|failure"].to_list()
    return {
        "output": [texts.place(value) for value in outputs],
        "failure": [texts.place(value) for value in failures],
        "confidence": [
            None if value is None or not math.isfinite(value) else round(value, 3)
            for value in rows[f"{name}|confidence"].to_list()
        ],
        "right": [
            None if output is None and failure is None else int(output == target)
            for output, failure, target in zip(outputs, failures, targets, strict=True)
        ],
    }
