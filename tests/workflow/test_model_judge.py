"""A model as the judge: announced, asked once, advisory until people agree, and then put right."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import etude
from etude.cli._drawing import Paper
from etude.cli._labelling import Labels, show_agreement
from etude.cli._walk import Hands
from etude.errors import UsageError
from etude.evaluation import pair_judge
from etude.models._base import Ability, ChatRequest, Completion
from etude.progress import Progress, Silent
from etude.project import CompareOptions
from etude.records.comparison import Comparison
from etude.records.task import ModelJudge, ModelRef
from etude.statistics.agreement import YesNo
from etude.store import Store
from etude.workflow import agreement, egress, judgements, model_judge
from tests.models._server import Call, Server

TASK = """\
task: names
kind: write
instructions: Say the name of the thing.
checks: [{type: word-count, value: {max: 3}}]
data: {examples: data/rows.csv, input: thing, target: name, id: id}
bar: {metric: judge, at_least: 0.5}
models: [{openai: {base_url: 'URL', model: writer, price_in: 1, price_out: 1}}]
ladder: [prompt, few_shot]
judge:
  model: {openai: {base_url: 'URL', model: critic, price_in: 1, price_out: 1, max_retries: 0}}
  criteria:
    sane: Is it sane?
    short: Is it short?
"""


def script(call: Call) -> None:
    """A writer who gives the input back, longer with examples; a judge who likes lamps."""
    if call.body["model"] == "writer":
        shown = any("box" in message["content"] for message in call.body["messages"][:-1])
        more = " now" if shown else ""
        call.answer(f"a {call.said.split()[-1]}{more}")
        return
    asked = json.loads(call.said)
    if "questions" in asked:
        assert asked["first_answer"] != asked["second_answer"]
        call.answer('{"better": "first"}')
        return
    assert set(asked) == {"task", "input", "ideal_answer", "answer", "question"}
    call.answer(json.dumps({"answer": "yes" if "lamp" in asked["input"] else "no"}))


class Critic:
    """A judge on this machine who names the first answer, whatever it is."""

    name, fingerprint = "critic", "critic-1"
    abilities: frozenset[Ability] = frozenset({"chat"})
    asked = 0

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += len(requests)
        return [Completion('{"better": "first"}', None, "stop", 9, 3, 0.01) for _ in requests]


def compared(folder: Path, asked: list[egress.Egress] | None = None) -> Comparison:
    def yes(found: egress.Egress) -> bool:
        if asked is not None:
            asked.append(found)
        return True

    return etude.open(folder).compare(CompareOptions(quick=True, confirm=yes))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(script) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Path:
    made = tmp_path_factory.mktemp("judged")
    things = ["lamp", "chair"]
    lines = ["id,thing,name"]
    lines += [f"r{n},box {n} with a {things[n % 2]}{n},{things[n % 2]} {n}" for n in range(50)]
    (made / "data").mkdir()
    (made / "data" / "rows.csv").write_text("\n".join(lines) + "\n")
    (made / "etude.yaml").write_text(TASK.replace("URL", server.url))
    return made


@pytest.fixture(scope="module")
def first(folder: Path, server: Server) -> tuple[Comparison, list[egress.Egress], int]:
    """The first comparison, what was announced, and what the judge was asked."""
    with pytest.raises(UsageError, match="nobody agreed"):
        etude.open(folder).compare(CompareOptions(quick=True))
    assert server.calls == []
    asked: list[egress.Egress] = []
    found = compared(folder, asked)
    return found, asked, sum(body["model"] == "critic" for body in server.calls)


def test_it_is_announced_and_asked_with_forced_json(first: Any, server: Server) -> None:
    _, asked, sent = first
    (judged,) = [one for one in asked if one.model == "critic"]
    assert 0 < sent <= judged.requests
    bodies = [body for body in server.calls if body["model"] == "critic"]
    assert all("response_format" in body and body["temperature"] == 0 for body in bodies)


def test_without_labels_it_decides_nothing(first: Any) -> None:
    found = first[0]
    assert found.judge is not None
    assert not found.judge.trusted
    assert found.metric == "all_checks"
    assert found.verdict.decision == "cant_tell"
    assert "people have labelled no answer of the 100" in found.verdict.sentence
    assert found.verdict.next_command == "etude review --judge"
    scored = [c for c in found.candidates if c.quality is not None]
    assert {c.quality.metric for c in scored} == {"all_checks"}
    assert all(c.secondary["judge"].value == pytest.approx(0.5, abs=0.2) for c in scored)
    assert {gate.state for c in scored for gate in c.gates} == {"uncertain"}


def walked(folder: Path, keys: Iterator[str]) -> str:
    out = io.StringIO()
    paper = Paper(Console(file=out, width=100, highlight=False, markup=False, emoji=False))
    labelling = etude.open(folder).to_label()
    hands = Hands(key=lambda: next(keys, "q"), line=lambda _: "", editor=lambda _: None)
    Labels(paper, labelling, hands).go()
    show_agreement(paper, labelling)
    return out.getvalue()


def test_a_person_labels_and_then_it_decides(
    first: Any, folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "ENOUGH", 10)
    before = len(server.calls)
    said = walked(folder, iter("yunsyq"))
    assert "taken back" in said
    assert "critic" not in said.split("kappa")[0]
    path = folder / judgements.FILE
    assert [json.loads(line)["said"] for line in path.read_text().splitlines()] == ["no", "yes"]
    path.unlink()
    project = etude.open(folder)
    labelling, turn = project.to_label(), 0
    while (question := labelling.question()) is not None:
        good = ("lamp" in question.row["input"]) != (turn < 2)
        labelling.say(question, "yes" if good else "no")
        turn += 1
    assert labelling.trust().trusted
    assert {yes for _, _, yes in labelling.apart()} <= {True, False}
    assert len(labelling.apart()) == 2
    assert labelling.to_json()["trusted"] is True
    found = compared(folder)
    assert len(server.calls) == before  # nothing is asked twice
    assert found.metric == "judge"
    assert found.judge is not None
    for now in (c for c in found.candidates if c.quality is not None):
        raw = first[0].candidate(now.name).secondary["judge"]
        assert now.quality is not None
        assert now.quality.metric == "judge"
        assert now.quality.method.startswith("Rogan–Gladen")
        assert now.quality.high - now.quality.low > raw.high - raw.low
        assert "all_checks" in now.secondary
    (pair,) = found.pairs
    assert pair.difference.method.endswith("MOVER-R")
    # Who has judged answers to an example no longer reviews it.
    assert judgements.read(folder).rows <= {f"r{n}" for n in range(50)}


@pytest.mark.parametrize(
    ("table", "words", "more"),
    [
        (YesNo(0, 0, 0, 0), "no answer of the 100", 100),
        (YesNo(40, 0, 0, 20), "60 answers of the 100", 40),
        (YesNo(100, 0, 0, 0), "none of the 100 labelled answers is bad", 100),
        (YesNo(40, 20, 20, 40), "a kappa of 0.33", 0),
        (YesNo(31, 5, 16, 58), "a kappa of 0.597, and 0.6 is", 0),
        (YesNo(70, 5, 5, 40), "", 0),
    ],
)
def test_what_it_takes_to_be_believed(table: YesNo, words: str, more: int) -> None:
    found = agreement.trust(table)
    assert words in found.why_not
    assert found.trusted == (not words)
    assert found.more_labels == more


def test_a_judge_who_can_not_be_asked_decides_nothing(first: Any) -> None:
    from etude.workflow.deciding import _advisory

    report = first[0].judge.model_copy(update={"trusted": True, "why_not": "", "unmeasured": 0.03})
    why, then = _advisory(report)
    assert "3.0 % of the answers" in why
    assert then == "etude compare"
    assert _advisory(report.model_copy(update={"unmeasured": 0.02})) == ("", "")


def test_a_judge_on_this_machine_compares_pairs_and_is_asked_once_of_each(tmp_path: Path) -> None:
    judge = ModelJudge(model=ModelRef(name="critic"), criteria={"sane": "Is it sane?"}, pairs=True)
    (tmp_path / "etude.yaml").write_text(TASK.replace("URL", "http://127.0.0.1:9/v1"))
    task = etude.open(tmp_path).task
    critic = Critic()
    with Store.open(tmp_path) as store:
        stages: Any = SimpleNamespace(store=store, versions={}, used=[], progress=Silent())
        bench = model_judge.Bench(judge, critic)
        for pairs in ([("a", "b")], [("a", "b"), ("a", "c")]):
            texts = ["in"] * len(pairs)
            asked = pair_judge.requests(task, judge, texts, texts, pairs)
            said = model_judge._pairs_said(stages, bench, asked)
            assert said.tolist() == [[pair_judge.FIRST, pair_judge.FIRST]] * len(pairs)
    assert critic.asked == 4  # two orders of two pairs


def test_a_damaged_line_is_named_and_the_rest_counts(tmp_path: Path) -> None:
    (tmp_path / judgements.FILE).write_text('{"sort": "label"}\nnonsense\n')
    found = judgements.read(tmp_path)
    assert [line for line, _ in found.damaged] == [1, 2]
    assert found.warning is not None
    assert "Line 1 and 1 more" in found.warning


def test_people_who_compare_answers_decide_in_its_place(
    first: Any, folder: Path, tmp_path: Path
) -> None:
    there = tmp_path / "p"
    shutil.copytree(folder, there)
    (there / judgements.FILE).unlink(missing_ok=True)
    task = (there / "etude.yaml").read_text()
    task = task.replace("metric: judge, at_least: 0.5", "metric: person")
    (there / "etude.yaml").write_text(task.replace("judge:\n", "judge:\n  pairs: true\n"))
    found = compared(there)
    assert found.metric == "all_checks"
    assert found.verdict.decision == "cant_tell"
    assert "nobody has compared answers yet: judge 10 pairs: etude review --blind" in (
        found.verdict.sentence
    )
    assert found.verdict.next_command == "etude review --blind"
    blind = etude.open(there).to_compare()
    while (pair := blind.pair()) is not None:
        longer = "a" if len(pair.a) > len(pair.b) else "b"
        blind.say(pair, "same" if pair.number <= 2 else longer)
    found = compared(there)
    assert found.people is not None
    (row,) = found.people.rows
    assert (row.better, row.same, row.worse, row.left) in [(8, 2, 0, 0), (0, 2, 8, 0)]
    assert found.metric == "person"
    assert found.judge is not None
    (pair_said,) = found.judge.pairs
    # It names the first whichever that is: no word of it counts.
    assert (pair_said.same, pair_said.first, pair_said.bias, pair_said.value) == (10, 10, 1.0, 0.5)
    assert (pair_said.people, pair_said.agreed) == (10, 2)
    assert {c.quality.value for c in found.candidates if c.quality} == {0.5, 0.9} or row.worse
    assert {c.quality.metric for c in found.candidates if c.quality} == {"person"}
    assert all(c.secondary["all_checks"] for c in found.candidates if c.quality)
    assert "compared blind on 10 inputs (10 pairs of different answers)" in found.verdict.reasons[0]
    assert "blind pairs" in found.verdict.sentence
