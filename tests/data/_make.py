"""Invented examples for the tests of this folder."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from etude.records.task import Data, Task

WORDS = [
    "order",
    "parcel",
    "refund",
    "broken",
    "late",
    "invoice",
    "address",
    "change",
    "cancel",
    "delivery",
    "colour",
    "size",
    "return",
    "voucher",
    "account",
    "password",
    "window",
    "garden",
    "lamp",
    "chair",
    "kettle",
    "ticket",
    "seat",
    "train",
    "bridge",
    "river",
]


def sentence(rng: random.Random, length: int = 9) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(length)) + f" {rng.randrange(10**6)}"


def rows_of(
    count: int, labels: int = 4, seed: int = 0, group_of: int | None = None
) -> list[dict[str, str]]:
    """Different texts; ``group_of``: rows of one customer."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        row = {"text": sentence(rng), "label": f"label{rng.randrange(labels)}"}
        if group_of is not None:
            row["customer"] = f"c{seed}-{i // group_of}"
        rows.append(row)
    return rows


def put(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def task_of(labels: Iterable[str] | None = None, kind: str = "classify", **data: Any) -> Task:
    return Task.model_validate(
        {
            "task": "test",
            "kind": kind,
            "labels": None if labels is None else dict.fromkeys(labels, ""),
            "data": Data(**{"examples": "data.csv", **data}),
        }
    )
