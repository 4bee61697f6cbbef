"""Workbooks, Parquet, saved datasets, folders and packed files under hypothesis: a short run in every
test, a long one in the soak."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from . import _files, _tables
from .test_readers import CSV, JSONL

HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large]
NO_BLAME = [Phase.explicit, Phase.generate, Phase.shrink]
SHORT = settings(
    deadline=None, derandomize=True, max_examples=20, suppress_health_check=HEALTH, phases=NO_BLAME
)
LONG = settings(deadline=None, max_examples=1_500, suppress_health_check=HEALTH, phases=NO_BLAME)

BOOK = _files.workbook([[["text", "label"], ["a", "x"], ["=b", 1], [None, True]], []], True, True)
VALID = {
    "t.parquet": _files.parquet(_files.PLAIN),
    "saved": _files.stream(_files.PLAIN),
    "t.xlsx": BOOK,
}
JSON_VALUES = st.recursive(
    st.none() | st.integers(-1, 9) | st.text(max_size=3) | st.sampled_from(["data.arrow", "label"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["_data_files", "filename", "features", "label", "names", "splits"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def fresh(check: Callable[..., None], *given: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(*given, Path(folder))


def odd_columns(table: pa.Table) -> None:
    fresh(_tables.check_arrow, table)


def odd_cells(sheets: list[list[list[Any]]], merged: bool, chart: bool) -> None:
    data = _files.workbook(sheets, merged, chart)
    # Merged cells are a row more, and a sheet of charts alone comes first.
    if merged or chart:
        fresh(_tables.check_changed, data, "t.xlsx")
    else:
        fresh(_tables.check_workbook, sheets, data)


def changed_bytes(name: str, changes: list[_files.Change]) -> None:
    fresh(_tables.check_changed, _files.changed(VALID[name], changes), name)


def changed_inside(part: int, changes: list[_files.Change]) -> None:
    data = _files.inside(BOOK, part, lambda old: _files.changed(old, changes))
    fresh(_tables.check_changed, data, "t.xlsx")


def odd_folders(files: dict[str, bytes]) -> None:
    fresh(_tables.check_texts, files)


def odd_descriptions(state: Any, info: Any) -> None:
    def check(folder: Path) -> None:
        data = VALID["saved"]
        described = json.dumps(info).encode()
        _tables.read(_files.saved(folder / "a", data, json.dumps(state).encode(), described))
        _tables.read(_files.saved(folder / "b", data, None, described))
        (folder / "b" / "dataset_dict.json").write_text(json.dumps(state))
        _tables.read(folder / "b")

    fresh(check)


def odd_packing(data: bytes, ending: str) -> None:
    fresh(_tables.check_packed_rows, data, ending)


CASES: dict[str, tuple[Callable[..., None], dict[str, st.SearchStrategy[Any]]]] = {
    "odd_columns": (odd_columns, {"table": _files.arrow_tables()}),
    "odd_cells": (
        odd_cells,
        {"sheets": _files.SHEETS, "merged": st.booleans(), "chart": st.booleans()},
    ),
    "changed_bytes": (
        changed_bytes,
        {"name": st.sampled_from(sorted(VALID)), "changes": _files.CHANGES},
    ),
    "changed_inside": (
        changed_inside,
        {"part": st.integers(0, 20), "changes": _files.CHANGES},
    ),
    "odd_folders": (odd_folders, {"files": _files.FOLDERS}),
    "odd_descriptions": (odd_descriptions, {"state": JSON_VALUES, "info": JSON_VALUES}),
    "odd_packing": (
        odd_packing,
        {"data": JSONL | CSV, "ending": st.sampled_from([".jsonl", ".csv"])},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_no_row_is_lost(name: str) -> None:
    check, strategies = CASES[name]
    SHORT(given(**strategies)(check))()


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_no_row_is_lost_for_long(name: str) -> None:
    check, strategies = CASES[name]
    LONG(given(**strategies)(check))()
