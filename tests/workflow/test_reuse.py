"""What a change costs: the answers that it touches, and no others; the figures are those of a
comparison from nothing."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import etude
from etude.models._base import Ability, ChatRequest, Completion
from etude.progress import Progress
from etude.project import CompareOptions
from etude.records.comparison import Comparison
from etude.records.task import ModelRef
from etude.store.tables import responses
from etude.workflow import compare
from tests._fakes import FakeEmbedder
from tests.approaches._writing import NAMES, THINGS
from tests.workflow.conftest import Maker, Told

TASK = """\
task: notes
kind: write
instructions: Say who wants what.
checks:
  - {type: ends-with, value: "."}
  - {type: word-count, value: {max: 6}}
data: {examples: rows.csv, input: [name, thing], target: text, id: id}
bar: {metric: all_checks, at_least: 0.5, margin: 0.05}
models: [fake]
ladder: [prompt, few_shot]
"""


@dataclass
class Clerk:
    """Ends a sentence as the last answer in the prompt does; without one, with nothing."""

    name: str = "fake"
    fingerprint: str = "clerk-1"
    abilities: frozenset[Ability] = frozenset({"chat"})
    asked: list[ChatRequest] = field(default_factory=list)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [self._answer(one) for one in requests]

    def _answer(self, request: ChatRequest) -> Completion:
        said = dict(line.split(": ") for line in request.messages[-1].content.splitlines())
        before = [m.content for m in request.messages if m.role == "assistant"]
        text = f"{said['name']} wants {said['thing']}{before[-1][-1] if before else ''}"
        return Completion(text, None, "stop", 9, 5, 0.01)


def rows(changed: dict[int, str]) -> list[dict[str, str]]:
    found = []
    for i in range(40):
        name, thing = NAMES[i % 8], f"{THINGS[i * 3 % 8]} {i}"
        text = changed.get(i, f"{name} wants {thing}.")
        found.append({"id": f"r{i:02}", "name": name, "thing": thing, "text": text})
    return found


def write_rows(folder: Path, **changed: str) -> None:
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["id", "name", "thing", "text"])
        writer.writeheader()
        writer.writerows(rows({int(key[1:]): text for key, text in changed.items()}))


Climb = Callable[[Path], tuple[Comparison, Clerk, list[str]]]


@pytest.fixture
def climb(monkeypatch: pytest.MonkeyPatch) -> Climb:
    def run(folder: Path) -> tuple[Comparison, Clerk, list[str]]:
        clerk, told = Clerk(), Told()
        monkeypatch.setattr(
            compare, "open_models", lambda session: [(ModelRef(name="fake"), clerk)]
        )
        monkeypatch.setattr("etude.workflow.estimate.of_local", _untimed)
        monkeypatch.setattr("etude.evaluation.timed.time_candidate", _quick_timing)
        found = etude.open(folder, told).compare(CompareOptions(quick=True))
        return found, clerk, told.lines

    return run


def _untimed(*given: Any, **more: Any) -> Any:
    from etude.workflow.speeds import Speeds

    return Speeds(1, 0.0, 0.0, 0.0, 0.0)


def _quick_timing(*given: Any, **more: Any) -> Any:
    from etude.evaluation.latency import Timing

    return Timing((1.0, 1.0), (1.0,))


@dataclass
class Project:
    """Compared once: ``asked`` is what that took."""

    folder: Path
    asked: list[ChatRequest]


@pytest.fixture
def project(tmp_path: Path, climb: Climb) -> Project:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "etude.yaml").write_text(TASK, encoding="utf-8")
    write_rows(folder)
    _, clerk, said = climb(folder)
    assert len(clerk.asked) == len(set(clerk.asked))  # what two ways ask is asked once
    assert not [line for line in said if line.startswith("Taken from before")]
    return Project(folder, clerk.asked)


def figures(found: Comparison) -> Any:
    """All that is measured of it, times left out."""
    kept = {"name", "settings", "dev_value", "trials", "quality", "secondary", "checks", "invalid"}
    return (
        [one.model_dump(include=kept) for one in found.candidates],
        [pair.model_dump() for pair in found.pairs],
        found.verdict.decision,
    )


def from_nothing(folder: Path, climb: Climb) -> Any:
    """Figures of the same examples on the same sides, with nothing kept."""
    copy = folder.with_name("fresh")
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / ".etude" / "cache")
    with etude.open(copy)._session.store.database.write() as connection:
        connection.execute(sa.delete(responses))
    found, clerk, _ = climb(copy)
    assert clerk.asked
    return figures(found)


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "etude.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def words(request: ChatRequest) -> str:
    return "\n".join(message.content for message in request.messages)


def test_a_changed_check_asks_only_with_the_prompt_that_states_it(
    project: Project, climb: Climb
) -> None:
    change(project.folder, "{max: 6}", "{max: 5}")
    after, clerk, said = climb(project.folder)
    assert clerk.asked
    assert all("word-count at most 5" in words(one) for one in clerk.asked)
    assert figures(after) == from_nothing(project.folder, climb)
    (line,) = [one for one in said if one.startswith("Taken from before")]
    told = r"Taken .*: instructions only \(\d+ of \d+ answers\), a few examples \(all \d+ a.*\)\."
    assert re.fullmatch(told, line)


def test_a_check_that_moves_the_choice_asks_nothing_that_was_asked_before(
    project: Project, climb: Climb
) -> None:
    before = figures(climb(project.folder)[0])
    change(project.folder, '{type: ends-with, value: "."}', '{type: not-ends-with, value: "."}')
    after, clerk, _ = climb(project.folder)
    assert set(clerk.asked).isdisjoint(project.asked)
    assert len(clerk.asked) < len(project.asked)
    assert figures(after) != before
    assert figures(after) == from_nothing(project.folder, climb)


def test_another_metric_by_which_the_choice_stays_asks_nothing(
    project: Project, climb: Climb
) -> None:
    change(project.folder, "metric: all_checks", "metric: exact")
    after, clerk, said = climb(project.folder)
    assert clerk.asked == []
    assert figures(after) == from_nothing(project.folder, climb)
    (line,) = [one for one in said if one.startswith("Taken from before")]
    assert "answers, judged anew)" in line
    assert "Done anew" not in line


def test_changed_instructions_touch_every_prompt(project: Project, climb: Climb) -> None:
    again, idle, _ = climb(project.folder)
    assert idle.asked == []
    change(project.folder, "Say who wants what.", "Tell who wants what.")
    after, clerk, _ = climb(project.folder)
    assert all("Tell who wants what." in words(one) for one in clerk.asked)
    assert figures(after) == figures(again)  # this clerk reads no instructions


def test_a_changed_example_touches_the_prompts_that_show_it(project: Project, climb: Climb) -> None:
    changed = rows({})[0]["text"].replace(" wants ", " needs ")  # the room for an answer stays
    write_rows(project.folder, r0=changed)
    after, clerk, _ = climb(project.folder)
    assert all(changed in words(one) for one in clerk.asked)
    assert figures(after) == from_nothing(project.folder, climb)


def test_changed_instructions_cost_an_encoder_only_the_ways_that_read_them(
    make_project: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = ModelRef(name="builtin:minilm")
    monkeypatch.setattr(compare, "open_models", lambda session: [(reference, FakeEmbedder())])
    folder = make_project(per_label=10, ladder="prompt, retrieval, probe")
    quick = CompareOptions(quick=True)
    first, second = Told(), Told()
    etude.open(folder, first).compare(quick)
    change(folder, "Say what the customer needs.", "Say what they want of us.")
    etude.open(folder, second).compare(quick)
    assert not [line for line in first.lines if line.startswith("Taken from before")]
    (line,) = [line for line in second.lines if line.startswith("Taken from before")]
    assert line == "Taken from before: look-up, quick classifier. Done anew: instructions only."
