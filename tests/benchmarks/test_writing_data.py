"""The jobs are made of the data as they say, wherever the data are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import etude
from _writing_data import JOBS

TRAINED = [f"House {i}" for i in range(12)]


def _e2e(folder: Path, name: str, places: list[str]) -> None:
    rows = []
    for place in places:
        record = {"name": place, "eatType": "pub", "near": "Avalon"}
        mr = ", ".join(f"{slot}[{value}]" for slot, value in record.items())
        rows.append({"mr": mr, "json": record, "text": f"{place} is a pub near Avalon."})
    twice = {"mr": "name[Cotto], area[riverside], area[city centre]", "text": "Cotto."}
    rows.append({**twice, "json": {"name": "Cotto", "area": "city centre"}})
    _write(folder / f"{name}.jsonl", rows)


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "public"
    _e2e(folder / "e2e_cleaned", "train_from_dev", [*TRAINED, "Zizzi"])
    _e2e(folder / "e2e_cleaned", "test", ["Zizzi", "Strada", "Giraffe"])
    for name in ("train_from_tune", "test"):
        rows: list[dict[str, object]] = [
            {"input": f"{name} {i} , and more .", "output": f"{name} {i} . \n More ."}
            for i in range(12)
        ]
        _write(folder / "wikisplit" / f"{name}.jsonl", rows)
    monkeypatch.setenv("ETUDE_DATA", str(folder))
    return tmp_path


@pytest.mark.parametrize("name", list(JOBS))
def test_a_job_is_a_project_that_can_be_opened(data: Path, name: str) -> None:
    job = JOBS[name](100, 100, 0)
    project = etude.open(job.write(data / "project"))
    checked = project.check()
    assert checked.version.rows == len(job.train) + len(job.holdout)


def test_rows_of_held_out_inputs_and_double_slots_are_left_out(data: Path) -> None:
    job = JOBS["e2e-write"](100, 100, 0)
    assert {row["name"] for row in job.train} == set(TRAINED)
    assert {row["name"] for row in job.holdout} == {"Zizzi", "Strada", "Giraffe"}
    assert "1 rows left out" in job.notes[0]
    assert job.notes[1].startswith("2 rows")


def test_a_draw_is_the_same_again(data: Path) -> None:
    assert JOBS["wikisplit"](3, 2, 7) == JOBS["wikisplit"](3, 2, 7)
    assert JOBS["wikisplit"](3, 2, 7) != JOBS["wikisplit"](3, 2, 8)


def test_a_field_of_known_values_is_an_enum_and_a_missing_one_null(data: Path) -> None:
    job = JOBS["e2e-extract"](100, 100, 0)
    fields = job.task["schema"]["properties"]
    assert fields["eatType"] == {"enum": ["coffee shop", "pub", "restaurant", None]}
    assert fields["name"] == {"type": ["string", "null"]}
    assert job.train[0]["record"]["food"] is None
    assert job.majority is not None
    assert job.majority["near"] == "Avalon"
