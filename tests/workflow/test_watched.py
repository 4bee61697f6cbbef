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
        *("docs/a.md", "docs/deep/b.md", "checks.py"),
    }
