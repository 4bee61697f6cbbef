"""``etude diff`` at the terminal, as JSON, and as files for a pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from etude.records.comparison import Comparison
from etude.verdict.difference.whole import Told, difference
from tests.report import fixtures

from .conftest import FakeProject, Ran


def worse() -> Comparison:
    made = fixtures.dont_fine_tune()
    low = {"value": 0.5, "low": 0.48, "high": 0.52}
    candidates = tuple(
        c.model_copy(update={"quality": c.quality and c.quality.model_copy(update=low)})
        for c in made.candidates
    )
    task = made.task.model_copy(update={"instructions": "Choose the category."})
    return made.model_copy(update={"candidates": candidates, "task": task, "run": "later"})


@pytest.fixture
def asked(project: FakeProject, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []

    def diff(self: FakeProject, old: str, new: str, *, show_holdout: bool = False) -> Any:
        calls.append((old, new, show_holdout))
        return difference(Told(fixtures.dont_fine_tune()), Told(self.comparison))

    monkeypatch.setattr(FakeProject, "diff", diff, raising=False)
    return calls


def test_it_says_what_changed(
    project: FakeProject, command: Callable[..., Ran], asked: list[tuple[Any, ...]]
) -> None:
    project.comparison = worse()
    done = command("diff")
    words = " ".join(done.out.split())
    assert done.code == 0
    assert asked == [("previous", "latest", False)]
    for told in (
        "Old: 20260131T101500Z-4f1c",
        "New: later",
        "instructions: Read the customer's message",
        "→ Choose the category.",
        "the same 10,000 examples",
        "→ 50.0 %: worse",
        "not on the same examples",
        "The verdict is the same: Don't fine-tune, “look-up”.",
    ):
        assert told in words, told
    assert all(len(line) <= 80 for line in done.out.splitlines())


def test_the_gate_ends_with_1_and_shows_everything_all_the_same(
    project: FakeProject, command: Callable[..., Ran], asked: list[tuple[Any, ...]]
) -> None:
    assert command("diff", "--gate").code == 0
    project.comparison = worse()
    done = command("diff", "--gate", "--json")
    assert done.code == 1
    assert "certainly worse" in done.err
    assert done.json["new"]["run"] == "later"
    assert "certainly worse" in done.json["objection"]


def test_files_for_a_pipeline(
    project: FakeProject,
    command: Callable[..., Ran],
    asked: list[tuple[Any, ...]],
    tmp_path: Path,
) -> None:
    project.comparison = worse()
    done = command("diff", "a", "b", "--show-holdout", "--junit", "out/d.xml", "--markdown", "d.md")
    assert done.code == 0
    assert asked == [("a", "b", True)]
    assert ElementTree.parse(tmp_path / "out" / "d.xml").getroot().attrib["failures"] == "1"
    assert "Not to be accepted" in (tmp_path / "d.md").read_text()
    (tmp_path / "blocked").write_text("")
    refused = command("diff", "--junit", "blocked/d.xml")
    assert refused.code == 2
    assert "can't be written" in refused.err


def test_a_comparison_leaves_files_for_a_pipeline_too(
    project: FakeProject,
    command: Callable[..., Ran],
    asked: list[tuple[Any, ...]],
    tmp_path: Path,
) -> None:
    done = command("compare", "--dev", "--gate", "--junit", "c.xml", "--markdown", "c.md", "--json")
    assert done.code == 0
    assert project.calls[0][1][0].dev
    assert ElementTree.parse(tmp_path / "c.xml").getroot().attrib["failures"] == "0"
    assert asked == [("previous", project.comparison.run, False)]
    assert "The verdict is the same" in (tmp_path / "c.md").read_text()
    assert done.json["scored_on"] == "holdout"
