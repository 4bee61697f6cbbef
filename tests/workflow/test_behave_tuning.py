"""Which model a tuned way is held against, and what both are asked outside the task: stand-ins here."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etude.approaches.writing.candidate import sources_for
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.tuned import TunedCandidate, before_tuning
from etude.approaches.writing.wording import BARE
from etude.behaviour.cases import Material
from etude.behaviour.general import requests
from etude.behaviour.replies import Reply
from etude.behaviour.suites import suite
from etude.models._base import ChatRequest, Completion
from etude.workflow import behave_general, behave_tuning
from etude.workflow.behave_answers import judged_by_suite
from etude.workflow.behave_cases import Plan
from tests._fakes import LABELS, FakeChat, make_context, some_examples
from tests.workflow.conftest import Told

MATERIAL = Material("classify", some_examples(20), LABELS, seed=0)
CASES = tuple(suite("padding").make(MATERIAL))
PLAN = Plan(((suite("padding"), CASES),), MATERIAL.examples.inputs)


def way(rung: str, *abilities: str, folder: Path = Path("fit/candidate"), model: Any = None) -> Any:
    report = SimpleNamespace(
        name=f"{rung}@m",
        rung=rung,
        model="m",
        plain_name=rung,
        trained=rung.startswith("finetune"),
    )
    model = model or SimpleNamespace(abilities=frozenset(abilities))
    return SimpleNamespace(
        report=report, name=report.name, folder=folder, entrant=SimpleNamespace(model=model)
    )


def told(changed: str) -> dict[str, Reply]:
    """The same to every input, and ``changed`` to those that were changed."""
    return dict.fromkeys(PLAN.texts, Reply("a")) | {case.input: Reply(changed) for case in CASES}


def done(*ways: Any) -> Any:
    rows = {
        one.name: judged_by_suite(MATERIAL, PLAN, told("b" if one.report.trained else "a"))
        for one in ways
    }
    stages: Any = SimpleNamespace(progress=Told())
    return behave_tuning.done_by_tuning(stages, MATERIAL, PLAN, ways, rows, {})


def test_it_is_held_against_instructions_only_or_the_untuned_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (pair,), left = done(way("prompt", "tune_causal"), way("finetune", "tune_causal"))
    assert (pair.base, pair.call, left) == ("prompt@m", "worse", ())
    asked: list[Any] = []

    def untuned(*given: Any, **more: Any) -> dict[str, Reply]:
        asked.append(more)
        return told("a")

    monkeypatch.setattr(behave_tuning, "replies_of", untuned)
    (pair,), left = done(way("finetune", "tune_causal"))
    assert (pair.base, pair.call, left) == ("untuned@m", "worse", ())
    assert asked == [{"handover": None, "untuned": True}]


def test_an_encoder_without_instructions_only_is_left_out_aloud() -> None:
    pairs, (left,) = done(way("finetune", "tune_encoder"))
    assert pairs == ()
    assert "an encoder answers nothing before it is tuned" in left.reason


def test_before_tuning_it_has_the_instructions_and_its_own_weights(tmp_path: Path) -> None:
    settings, source = Settings(BARE, 8), FakeChat()
    context = make_context(source, tmp_path)
    sources = sources_for(settings, some_examples(2), context)
    tuned = TunedCandidate("bake", context, settings.to_json(), sources, FakeChat(name="tuned"))
    before = before_tuning(tuned)
    assert before.model is source
    ((bare,), _), ((asked,), _) = tuned.requests(["x"]), before.requests(["x"])
    assert context.task.instructions not in bare.messages[0].content
    assert context.task.instructions in asked.messages[0].content


class Talker:
    """Answers every request the same, or each with what is right."""

    abilities = frozenset({"tune_causal", "chat"})
    fingerprint = "talker"

    def __init__(self, says: str | None = None) -> None:
        self.says, self.asked = says, list[ChatRequest]()

    def complete(self, asked: Any, progress: Any = None) -> list[Completion]:
        self.asked += asked
        right = {one.text: one.right[0] for one in requests()}
        texts = [self.says or right[one.messages[0].content] for one in asked]
        return [Completion(text, None, "stop", 1, 1, 0.0) for text in texts]


class Units:
    """A store of units in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compute(self, stage: str, key: dict[str, Any], build: Any) -> Any:
        out = self.folder / f"{key['model']}"
        if not out.exists():
            out.mkdir()
            build(out, self.folder)
        return SimpleNamespace(path=out)


def test_general_requests_are_asked_as_they_are_of_both(tmp_path: Path) -> None:
    before, after = Talker(), Talker("Dear customer")
    one = way("finetune", folder=tmp_path / "fit" / "candidate", model=before)
    stages: Any = SimpleNamespace(
        progress=Told(),
        store=Units(tmp_path),
        load=lambda *given: SimpleNamespace(model=after),
    )
    encoder = way("finetune_head", "tune_encoder")
    (found,), (left,) = behave_general.forgotten(stages, [one, encoder])
    assert (found.base_right, found.tuned_right, found.call) == (40, 0, "worse")
    assert [len(request.messages) for request in before.asked] == [1] * 40
    assert left.reason == behave_general.ENCODER
    behave_general.forgotten(stages, [one])
    assert len(before.asked) == 40  # asked once
