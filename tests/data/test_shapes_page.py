"""The page on shapes: it shows every one, and every example on it is read as the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from etude.data.canonical import canonicalise
from etude.data.conversations import cells
from etude.data.shapes import SHAPES, find_shape
from etude.data.shapes._base import FaultName
from etude.data.sources import read_table
from etude.data.writers import WRITERS
from etude.errors import DataError

from ._make import task_of

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/examples.md").read_text("utf-8")
EXAMPLES = [
    (key, line)
    for key, block in re.findall(r"^### `(\w+)`\n.*?```jsonl\n(.*?)```", PAGE, re.M | re.S)
    for line in block.splitlines()
]


def test_every_shape_and_every_fault_is_on_the_page() -> None:
    assert {key for key, _ in EXAMPLES} == set(SHAPES.names())
    faults = PAGE.partition("## Why a row is rejected")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", faults, re.M)) == set(get_args(FaultName))


@pytest.mark.parametrize(("key", "line"), EXAMPLES)
def test_the_example_is_read_as_the_page_says(key: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(line, encoding="utf-8")
    table, task = read_table(path), task_of(kind="chat")
    if key == "text":
        with pytest.raises(DataError, match="nothing says where the answer"):
            canonicalise(table, task)
        return
    shape = find_shape(table, task)
    assert shape is not None
    assert shape.key == key
    (row,) = canonicalise(table, task).frame.iter_rows(named=True)
    assert "lamp" in cells(row["input"])["last_user"]
    assert row["target"] == "Yes, nine of them."


def test_what_can_be_written_is_on_the_page() -> None:
    table = PAGE.partition("## Written in another shape")[2]
    for name in WRITERS.names():
        assert f"`{name}`" in table or name == "table", name
