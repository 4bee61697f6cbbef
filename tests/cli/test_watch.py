"""``etude compare --watch``: round after round, through a broken task file, to a clean end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etude.cli import _watching
from etude.errors import Problem, TaskError
from etude.verdict.difference.whole import Told, difference
from tests.report import fixtures

from .conftest import FakeProject, Ran


@pytest.fixture
def edited(
    project: FakeProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., None]:
    """What happens in each pause: edits, then Ctrl-C."""
    yaml = tmp_path / "etude.yaml"
    monkeypatch.setattr(FakeProject, "files", lambda self: (yaml,), raising=False)

    def diff(self: FakeProject, old: str, new: str) -> Any:
        self.calls.append(("diff", (old, new)))
        before = fixtures.dont_fine_tune()
        task = before.task.model_copy(update={"instructions": "Other words."})
        after = before.model_copy(update={"task": task, "run": new})
        return difference(Told(before), Told(after))

    monkeypatch.setattr(FakeProject, "diff", diff, raising=False)

    def happen(*edits: Callable[[], None]) -> None:
        waiting = iter(edits)

        def pause(seconds: float) -> None:
            assert seconds == _watching.PAUSE
            edit = next(waiting, None)
            if edit is None:
                raise KeyboardInterrupt
            edit()
            yaml.write_text(yaml.read_text() + "#\n")

        monkeypatch.setattr(_watching.time, "sleep", pause)

    return happen


def test_each_change_is_told_in_a_few_lines(
    project: FakeProject, command: Callable[..., Ran], edited: Callable[..., None]
) -> None:
    edited(lambda: None)
    done = command("compare", "--watch")
    assert done.code == 0
    verbs = [verb for verb, _ in project.calls]
    assert verbs == ["compare", "compare", "diff"]
    assert all(given[0].dev for verb, given in project.calls if verb == "compare")
    assert "instructions: Read the customer's message" in done.out
    assert "→ Other words." in " ".join(done.out.split())
    assert done.err.count("Watching 1 files") == 2
    assert "Changed: etude.yaml" in done.err
    assert done.err.rstrip().endswith("Stopped watching.")


def test_a_broken_task_file_is_told_and_waited_on(
    project: FakeProject, command: Callable[..., Ran], edited: Callable[..., None]
) -> None:
    def breaks() -> None:
        project.fails = TaskError("etude.yaml", [Problem(3, "bar.at_least", "is 90", "0 to 1")])

    def mends() -> None:
        project.fails = None

    edited(breaks, mends)
    done = command("compare", "--watch")
    assert done.code == 0
    assert "line 3, bar.at_least: is 90" in done.err
    assert [verb for verb, _ in project.calls] == ["compare", "compare", "compare", "diff"]


def test_ctrl_c_in_a_comparison_says_that_it_was_cut_short(
    project: FakeProject, command: Callable[..., Ran], edited: Callable[..., None]
) -> None:
    edited()
    project.fails = KeyboardInterrupt()
    assert command("compare", "--watch").code == 130


@pytest.mark.parametrize("beside", [["--gate"], ["--json"], ["--junit", "x.xml"]])
def test_nothing_for_a_pipeline_goes_with_it(
    project: FakeProject, command: Callable[..., Ran], beside: list[str]
) -> None:
    done = command("compare", "--watch", *beside)
    assert done.code == 2
    assert "compare --dev --gate" in done.err
    assert project.calls == []
