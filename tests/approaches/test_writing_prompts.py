"""Prompts, look-up and choice of settings for kinds that write, with a model that only copies."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.approaches.writing.choosing import answer_room
from etude.approaches.writing.lookup import finder
from etude.approaches.writing.searching import SAMPLE, sample_of, spread
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BARE, BASE, PromptBuilder, Shown, Wording, shape
from etude.data.knowledge import read_knowledge
from etude.errors import DataError
from etude.models._base import ChatRequest, Completion
from etude.progress import Progress
from tests.approaches._writing import Parrot, notes, writing_context, writing_task

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "items": {
            "type": "array",
            "items": {"type": "object", "properties": {"n": {"type": "integer"}}},
        },
        "unit": {"enum": ["kg", "g"]},
        "when": {"type": ["string", "null"]},
    },
}


def builder(wording: Wording = BASE, **task: object) -> PromptBuilder:
    return PromptBuilder(writing_task(**task), wording, (), {}, ("at most 9 words",), 50)


def test_instructions_stand_first_and_the_input_last() -> None:
    request = builder().request("name: Ada", [Shown("a", "name: Bo", "Bo wants salt.")])
    assert [m.role for m in request.messages] == ["system", "user", "assistant", "user"]
    assert request.messages[0].content == "Say who wants what."
    assert request.messages[-1].content == "name: Ada"
    assert request.json_schema is None
    assert request.max_tokens == 50


def test_examples_can_be_listed_and_rules_put_in_words() -> None:
    request = builder(Wording(examples="list", rules=True)).request(
        "x", [Shown("a", "in", "out")], near=[Shown("b", "like", "this")], passages=["a fact"]
    )
    system, user = request.messages
    assert "- at most 9 words" in system.content
    assert "Input: in\nAnswer: out" in system.content
    assert "Input: like\nAnswer: this" in user.content
    assert "- a fact" in user.content
    assert user.content.endswith("x")


def test_a_bare_prompt_is_the_input_alone() -> None:
    request = builder(BARE).request("name: Ada")
    assert [(m.role, m.content) for m in request.messages] == [("user", "name: Ada")]


def test_records_get_the_schema_in_few_words_and_as_a_constraint() -> None:
    request = builder(kind="extract", schema=SCHEMA, checks=[]).request("text")
    assert (
        '{"name": string, "items": [{"n": integer}, …], "unit": "kg" | "g", "when": string | null}'
        in (request.messages[0].content)
    )
    assert json.loads(request.json_schema or "") == SCHEMA
    assert shape(True) == "anything"


def test_a_conversation_keeps_its_turns_and_its_own_system_message() -> None:
    said = [
        {"role": "system", "content": "You sell tea."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Price?"},
    ]
    request = builder(kind="chat").request(
        json.dumps(said), [Shown("a", json.dumps(said[1:2]), "Hi")]
    )
    assert [m.role for m in request.messages] == [
        "system", "user", "assistant", "user", "assistant", "user",
    ]  # fmt: skip
    assert request.messages[0].content == "Say who wants what.\n\nYou sell tea."
    assert request.messages[1].content == "Hello"


def test_look_up_finds_the_like_of_a_text_by_words() -> None:
    found = finder(["red tea pot", "blue rope", "green ink"], None)
    assert found.nearest(["a rope, please", "ink"], 1) == [[1], [2]]
    assert found.nearest(["x"], 0) == [[]]
    assert finder([], None).nearest(["x"], 3) == [[]]


def test_dev_is_sampled_by_id_and_the_same_way_every_time() -> None:
    many = notes(SAMPLE + 50)
    first, again = sample_of(many), sample_of(many.take(range(len(many))))
    assert first.ids == again.ids
    assert len(first) == SAMPLE


def test_few_examples_cover_different_words() -> None:
    rows = spread(notes(40), 4)
    assert len(set(rows)) == 4


def test_instructions_only_shows_no_example(tmp_path: Path) -> None:
    model = Parrot()
    context = writing_context(model, tmp_path)
    choice = approach("prompt").choose(notes(20), notes(10, "d"), context)
    assert choice.dev_value == 0.0
    assert len(choice.trials) == 2  # the base wording, and the rules in words
    assert all(m.role != "assistant" for request in model.asked for m in request.messages)


@pytest.mark.parametrize("rung", ["few_shot", "retrieval"])
def test_shown_examples_are_chosen_saved_and_found_again(tmp_path: Path, rung: str) -> None:
    context = writing_context(Parrot(), tmp_path)
    train, dev = notes(24), notes(8, "d")
    choice = approach(rung).choose(train, dev, context)
    settings = Settings.from_json(choice.settings)
    assert (settings.fixed if rung == "few_shot" else settings.near) > 0
    candidate = approach(rung).fit(train.join(dev), choice, context)
    before = candidate.answer(dev.inputs)
    candidate.save(tmp_path / "kept")
    after = approach(rung).load(tmp_path / "kept", context).answer(dev.inputs)
    assert after.outputs == before.outputs
    assert after.evidence == before.evidence
    assert bool(before.evidence) == (rung == "retrieval")


def test_retrieval_copies_the_like_and_says_what_it_was_shown(tmp_path: Path) -> None:
    context = writing_context(Parrot(), tmp_path)
    train = notes(24)
    choice = approach("retrieval").choose(train, notes(8, "d"), context)
    answers = approach("retrieval").fit(train, choice, context).answer(train.inputs[:3])
    assert answers.outputs == train.targets[:3]
    assert all(row_id in shown for row_id, shown in zip(train.ids, answers.evidence, strict=False))


def test_knowledge_is_tried_and_its_passages_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "shop.md").write_text(
        "# Tea\n\nTea comes in tins.\n\n# Rope\n\nRope is sold by the metre.\n"
    )
    task = writing_task(data={"examples": "a.csv", "knowledge": "docs"})
    context = writing_context(Parrot(), tmp_path, task, root=tmp_path)
    choice = approach("retrieval").choose(notes(24), notes(8, "d"), context)
    assert any(trial.settings["passages"] for trial in choice.trials)
    names = [passage.name for passage in read_knowledge("docs", tmp_path)]
    assert names == ["shop.md#1", "shop.md#2"]
    assert read_knowledge("docs", tmp_path)[1].text == "Rope: Rope is sold by the metre."


@dataclass
class Quoting(Parrot):
    """Answers with the first passage that it is shown, else with the last example."""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        return [self._quoted(request) for request in requests]

    def _quoted(self, request: ChatRequest) -> Completion:
        said = request.messages[-1].content
        _, sep, after = said.partition("What may help:\n- ")
        # Without a passage: what stands in the last example, which nobody gave as a fact.
        text = after.splitlines()[0] if sep else self._example(request)
        return Completion(text, None, "stop", 7, 3, 0.01)

    @staticmethod
    def _example(request: ChatRequest) -> str:
        numbers = re.findall(r"wants .*?(\d+)", "\n".join(m.content for m in request.messages))
        return f"It costs {numbers[-1] if numbers else 99}."


def test_what_a_passage_says_is_no_invention_and_an_example_is_no_passage(tmp_path: Path) -> None:
    (tmp_path / "shop.md").write_text("Tea costs 4711 a tin.\n")
    checks = [{"type": "no-new-numbers"}]
    task = writing_task(data={"examples": "a.csv", "knowledge": "shop.md"}, checks=checks)
    context = writing_context(Quoting(), tmp_path, task, root=tmp_path)
    train, dev = notes(24), notes(8, "d")
    choice = approach("retrieval").choose(train, dev, context)
    for trial in choice.trials:  # quoting what was shown, or copying an example's number
        assert (trial.value == 1.0) == bool(trial.settings["passages"])
    assert choice.dev_passages == (("Tea costs 4711 a tin.",),) * len(dev)
    assert context.metric(dev, choice.dev_outputs, choice.dev_passages) == choice.dev_value
    answers = approach("retrieval").fit(train, choice, context).answer(dev.inputs)
    assert answers.passages == choice.dev_passages
    plain = approach("few_shot").choose(train, dev, context)
    assert plain.dev_passages == ()


def test_knowledge_that_is_not_there_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data\.knowledge: nowhere"):
        read_knowledge("nowhere", tmp_path)


def test_a_failure_is_no_answer_and_keeps_its_word(tmp_path: Path) -> None:
    context = writing_context(Parrot(), tmp_path)
    choice = approach("few_shot").choose(notes(12), notes(6, "d"), context)
    answers = approach("few_shot").fit(notes(12), choice, context).answer(["too long a text"])
    assert answers.outputs == (None,)
    assert answers.failures == ("too_long",)
    assert np.isnan(answers.confidence).all()


def test_room_for_an_answer_is_that_of_the_longest_and_half_again(tmp_path: Path) -> None:
    room = answer_room(notes(10), writing_context(Parrot(), tmp_path))
    longest = max(len(text.encode()) // 2 for text in notes(10).targets)
    assert room == int(1.5 * longest) + 16


def test_a_model_that_only_embeds_can_not_write() -> None:
    model = Parrot(abilities=frozenset({"embed"}))
    assert "can't write" in (approach("prompt").usable(writing_task(), model) or "")
    assert "can't be fine-tuned here" in (approach("bake").usable(writing_task(), Parrot()) or "")
    assert approach("probe").usable(writing_task(), model)
