"""Material for audits out of a few written rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from etude.audit import Material
from etude.records.task import Task

KINDS: dict[str, dict[str, Any]] = {
    "extract": {"schema": {"type": "object"}},
}


def task(kind: str, **more: Any) -> Task:
    """A task of this kind whose examples are in ``rows.csv``."""
    return Task.model_validate(
        {"task": "tried", "kind": kind, "data": {"examples": "rows.csv"}}
        | KINDS.get(kind, {})
        | more
    )


def material(kind: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> Material:
    """``rows`` need ``input`` and ``target``; ids are r000, r001 … unless given."""
    given = more.pop("task", None) or task(kind)
    full = [
        {
            "id": f"r{at:03d}",
            "group": at,
            "context": None,
            "source": "rows.csv",
            "line": at + 2,
            "cells": None,
            "meta": None,
            "side": "all",
            "fold": at % 5,
        }
        | dict(row)
        for at, row in enumerate(rows)
    ]
    schema = {"group": pl.Int64, "line": pl.Int64, "fold": pl.Int64} | dict.fromkeys(
        ("id", "input", "target", "context", "source", "cells", "meta", "side"), pl.String
    )
    frame = pl.DataFrame(full, schema=schema, orient="row").sort("id")
    labels = tuple(sorted(set(frame["target"]))) if kind == "classify" else ()
    return Material(task=given, frame=frame, labels=labels, **more)
