"""Which files a comparison reads, and which of them changed."""

from __future__ import annotations

import os
from pathlib import Path

from etude.records.task import Data, Task
from etude.workflow.files import named_files
from etude.workflow.watched import Watched


def test_a_change_is_seen_once_and_saving_the_same_is_none(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("one")
    watched = Watched()
    watched.also([a, b])
    assert watched.look() == ()
    a.write_text("one")
    os.utime(a, ns=(5, 5))
    assert watched.look() == ()
    a.write_text("two")
    os.utime(a, ns=(6, 6))
    assert watched.look() == (a,)
    assert watched.look() == ()
    b.write_text("it is there now")
    assert watched.look() == (b,)
    a.unlink()
    assert watched.look() == (a,)


def test_watching_more_does_not_swallow_a_change(tmp_path: Path) -> None:
    a = tmp_path / "a"
    a.write_text("one")
    watched = Watched()
    watched.also([a])
    a.write_text("other")
    watched.also([a, tmp_path / "b"])
    assert watched.look() == (a,)


def test_a_file_that_comes_into_a_folder_is_seen(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("x")
    task = Task(
        task="t", kind="write", data=Data(examples="x.csv", holdout="rows.csv", knowledge="docs")
    )
    watched = Watched()
    watched.also(named_files(task, tmp_path))
    (tmp_path / "docs" / ".a.md.swp").write_text("an editor's")
    os.utime(tmp_path / "docs", ns=(5, 5))
    assert watched.look() == ()
    (tmp_path / "docs" / "b.md").write_text("y")
    os.utime(tmp_path / "docs", ns=(6, 6))
    assert watched.look() == (tmp_path / "docs",)
    watched.also(named_files(task, tmp_path))
    (tmp_path / "docs" / "b.md").write_text("longer")
    assert watched.look() == (tmp_path / "docs" / "b.md",)


def test_the_file_of_a_sheet_is_watched(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_text("x")
    (tmp_path / "a#b.csv").write_text("x")
    task = Task(task="t", kind="write", data=Data(examples="book.xlsx#May", holdout="a#b.csv"))
    found = {path.name for path in named_files(task, tmp_path)}
    assert {"book.xlsx", "a#b.csv"} <= found
    assert "book.xlsx#May" not in found


def test_every_file_that_a_comparison_reads(tmp_path: Path) -> None:
    for name in ("docs/a.md", "docs/deep/b.md", "checks.py", "data/x.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    task = Task(
        task="t",
        kind="write",
        data=Data(examples="data/x.csv", holdout="data/later.csv", knowledge="docs"),
        checks=({"type": "python", "value": "checks.py:polite"},),
    )
    found = {str(path.relative_to(tmp_path)) for path in named_files(task, tmp_path)}
    assert found == {
        *("etude.yaml", "decisions.jsonl", "data/x.csv", "data/later.csv"),
        *("docs", "docs/deep", "docs/a.md", "docs/deep/b.md", "checks.py"),
    }
