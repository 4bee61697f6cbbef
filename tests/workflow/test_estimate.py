"""The minutes that a comparison announces: of what is really left to do, and on what they rest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import etude
from etude.evaluation.remaining import Remaining, remaining
from etude.progress import Silent, Step
from etude.project import CompareOptions
from etude.workflow import compare, speeds
from etude.workflow.entrants import entrants, open_models
from etude.workflow.layout import layout_of, whole_part
from etude.workflow.stages import stages_for
from tests.endpoint._chat import ChatServer
from tests.workflow._writing import make_writing

TIMED = "timing a few answers and steps of training"


class Told(Silent):
    """What was said, and the steps that were begun."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.steps: list[tuple[str, float | None, str]] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        self.steps.append((name, total, unit))
        return super().step(name, total, unit)

    @property
    def minutes(self) -> str:
        """The line on minutes."""
        (found,) = [x for x in self.lines if "of work" in x or "stored already" in x]
        return found

    @property
    def names(self) -> list[str]:
        """Of the steps."""
        return [name for name, _, _ in self.steps]


def climb(folder: Path, *, quick: bool = True, confirm: Any = lambda found: True) -> Told:
    told = Told()
    etude.open(folder, told).compare(CompareOptions(quick=quick, confirm=confirm))
    return told


def left_of(folder: Path, *, quick: bool) -> Remaining:
    session = etude.open(folder)._session
    prepared, _ = compare.prepare(session)
    layout = layout_of(prepared, quick)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    last = None if quick else whole_part(prepared)
    return remaining(stages, layout, entrants(session, open_models(session), print), None, last)


def test_what_is_stored_is_neither_timed_nor_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", "prompt")
    first = climb(folder)
    assert first.minutes == "About 1 minute of work."
    assert TIMED in first.names
    assert ("choosing settings", 100.0, "%") in first.steps

    again = climb(folder)
    assert again.minutes == "Everything is stored already: nothing is computed anew."
    assert TIMED not in again.names
    assert ("choosing settings", 1.0, "tries") in again.steps

    file = folder / "etude.yaml"
    file.write_text(file.read_text("utf-8").replace("ladder: [prompt]", "ladder: [prompt, bake]"))
    timed: list[str] = []
    real = speeds.of_local

    def noted(stages: Any, entrant: Any, part: Any, *, work: bool) -> speeds.Speeds:
        timed.append(entrant.approach.key)
        return real(stages, entrant, part, work=work)

    monkeypatch.setattr("etude.workflow.estimate.of_local", noted)
    grown = climb(folder)
    assert timed == ["bake"]
    assert grown.minutes == "About 1 minute of work is left."


def test_a_whole_comparison_after_a_quick_one_has_the_other_folds_left(tmp_path: Path) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", "prompt, few_shot")
    before = left_of(folder, quick=False)
    assert all(one.seeds and one.fit for one in before.parts)
    assert len(before.last) == 2
    climb(folder)
    assert left_of(folder, quick=True).nothing
    left = left_of(folder, quick=False)
    assert [(one.part.index, one.nothing) for one in left.parts] == [
        (0, True), (1, False), (2, False), (3, False), (4, False),
        (0, True), (1, False), (2, False), (3, False), (4, False),
    ]  # fmt: skip
    assert {one.timing for one in left.parts} == {False}
    climb(folder, quick=False)
    assert left_of(folder, quick=False).nothing


def test_a_teacher_takes_its_time_in_choosing_and_in_the_last_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", "finetune, bake")
    left = left_of(folder, quick=True)
    session = etude.open(folder)._session
    prepared, _ = compare.prepare(session)
    stages = stages_for(session, session.taskfile.task, prepared.version)
    plain, baked = (one.entrant for one in left.parts)
    part = left.parts[0].part
    monkeypatch.setattr(speeds, "_training", lambda *given: 10.0)
    monkeypatch.setattr(speeds, "_seconds_an_answer", lambda *given: 0.0)
    without = speeds.of_local(stages, plain, part, work=True)
    taught = speeds.of_local(stages, baked, part, work=True)
    assert without.choose == 10.0
    context = stages.context(baked, 0, tmp_path)
    alone = baked.approach.teaching_seconds(part.train, context)  # type: ignore[attr-defined]
    assert alone > 0
    # What is taught is trained without its teacher too.
    assert taught.choose - 2 * without.choose == pytest.approx(alone, rel=2.0)
    assert taught.choose > 2 * without.choose
    assert taught.fit > without.fit


def test_every_length_that_dev_chooses_among_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", "finetune")
    (left, *_) = left_of(folder, quick=True).parts
    session = etude.open(folder)._session
    stages = stages_for(session, session.taskfile.task, compare.prepare(session)[0].version)
    monkeypatch.setattr(speeds, "_training", lambda *given: 10.0)
    monkeypatch.setattr(speeds, "_seconds_an_answer", lambda *given: 0.5)
    monkeypatch.setattr(speeds, "_epochs", lambda *given: (4, 8))
    found = speeds.of_local(stages, left.entrant, left.part, work=True)
    assert found.choose == pytest.approx(10.0 + 20.0 + 2 * 0.5 * len(left.part.dev))
    rows = len(left.part.fitted_on) / len(left.part.train)
    assert found.fit == pytest.approx(20.0 * rows)


def test_an_endpoint_alone_has_minutes_by_an_assumption_that_is_said(tmp_path: Path) -> None:
    with ChatServer() as server:
        where = server.url.split("/")[2]
        model = f"models: [{{openai: {{base_url: '{server.url}', model: m, price_in: 0, "
        model += "price_out: 10, concurrency: 2}}]"
        folder = make_writing(tmp_path / "p", "rewrite", "prompt", **{"models: [./model]": model})
        first = climb(folder)
        said = rf"About \d+ minutes? of work, if {where} takes 2 seconds an answer\."
        assert re.fullmatch(said, first.minutes)
        assert TIMED not in first.names
        asked = len(server.calls)

        def refused(found: object) -> bool:
            raise AssertionError("nothing would be sent, so nobody is asked")

        again = climb(folder, confirm=refused)
        assert again.minutes == "Everything is stored already: nothing is computed anew."
        assert "Nothing leaves this machine." in again.lines
        whole = climb(folder, quick=False)
        goes_on = (
            rf"About \d+ minutes? of work (is|are) left, if {where} goes on taking \S+ seconds an"
        )
        assert re.match(goes_on, whole.minutes)
        assert len(server.calls) > asked
