"""How the prompt rungs search: few requests, fair to dev, and what each change bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.approaches.writing.choosing import choose_few_shot, choose_prompt, choose_retrieval
from etude.approaches.writing.lookup import finder
from etude.approaches.writing.mending import try_mending
from etude.approaches.writing.searching import HEATS, Search, sample_of
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import (
    BASE,
    NOTHING,
    PromptBuilder,
    Wording,
    sentence_orders,
)
from etude.models._base import ChatRequest, Completion
from etude.progress import Progress
from tests._fakes import FakeEmbedder, FakeEmbeddings
from tests.approaches._writing import Parrot, notes, writing_context, writing_task

ROOM = 40


def test_a_race_asks_about_half_and_only_the_whole_sample_can_win(tmp_path: Path) -> None:
    model = Parrot()
    search = Search(notes(200), notes(120, "d"), writing_context(model, tmp_path))
    search.race([Settings(BASE, ROOM, fixed=count) for count in (1, 2, 3, 4, 5, 6, 7, 8)])
    by_size = {size: sum(t.n == size for t in search.trials) for size in (*HEATS, 100)}
    assert by_size == {25: 8, 50: 4, 100: 2}
    # Half of the 800 that all of them would take; some of these dev texts are the same.
    assert 300 < len(model.asked) == len(set(model.asked)) <= 8 * 25 + 4 * 25 + 2 * 50
    assert search.best is not None
    assert len(search.best.rows) == 100
    assert search.best.value == max(t.value for t in search.trials if t.n == 100)


def test_few_settings_are_tried_whole_and_smaller_samples_are_part_of_larger() -> None:
    dev = notes(120, "d")
    assert set(sample_of(dev, 25).ids) < set(sample_of(dev, 50).ids) < set(sample_of(dev).ids)


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    model = Parrot()
    search = Search(notes(20), notes(10, "d"), writing_context(model, tmp_path))
    search.ask(Settings(BASE, ROOM))
    search.ask(replace(search.settings, near=0))
    assert len(model.asked) == 10
    assert search.trials[1].bought == 0


@dataclass
class Likes(Parrot):
    """Writes well where a prompt has a text, and badly elsewhere."""

    text: str = ""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [self._said_to(request) for request in requests]

    def _said_to(self, request: ChatRequest) -> Completion:
        name = request.messages[-1].content.split("name: ")[1].split("\n")[0]
        good = self.text in "\n".join(message.content for message in request.messages)
        return Completion(f"{name} wants tea." if good else "?", None, "stop", 7, 3, 0.01)


def test_each_change_says_what_it_bought_on_the_same_rows(tmp_path: Path) -> None:
    context = writing_context(Likes(text="must keep these rules"), tmp_path)
    choice = choose_prompt(notes(20), notes(10, "d"), context)
    assert [trial.bought for trial in choice.trials] == [None, 1.0, 0.0]
    assert choice.settings["wording"]["rules"]


def test_instructions_lose_the_sentence_that_hurts(tmp_path: Path) -> None:
    instructions = "Say who wants what. Be verbose. Be kind."
    assert sentence_orders(instructions) == [(1, 3), (1, 2), (3, 1, 2)]
    assert sentence_orders("One sentence alone.") == []
    task = writing_task(instructions=instructions)
    context = writing_context(Likes(text="Say who wants what. Be kind."), tmp_path, task)
    choice = choose_prompt(notes(20), notes(10, "d"), context)
    assert choice.dev_value == 1.0
    assert choice.settings["wording"]["sentences"] == [1, 3]
    candidate = approach("prompt").fit(notes(20), choice, context)
    assert candidate.answer(notes(1).inputs).outputs == ("Ada wants tea.",)


def test_the_contract_may_stand_first() -> None:
    task, wording = writing_task(), Wording(rules=True, contract_first=True)
    system = PromptBuilder(task, wording, (), {}, ("short",), ROOM).request("x").messages[0]
    assert system.content.startswith("The answer must keep these rules:\n- short\n\nSay who")
    assert wording.has_contract(task, ())
    assert not BASE.has_contract(task, ())
    assert Wording.from_settings({"examples": "list", "rules": True}) == Wording("list", rules=True)


def test_examples_like_what_dev_failed_are_added_and_judged_on_the_other_half(
    tmp_path: Path,
) -> None:
    train, dev = notes(64), notes(16, "d")
    search = Search(train, dev, writing_context(model := Likes(text="name: Eve"), tmp_path))
    search.ask(Settings(BASE, ROOM))
    # Every prompt is good that shows Eve's example: only failures of hers find one.
    before = len(model.asked)
    try_mending(search)
    for trial in search.trials[1:]:
        mended = trial.settings["mended"]
        assert mended
        assert set(mended) <= set(train.ids)
    shown = [
        message.content
        for request in model.asked[before:]
        for message in request.messages[:-1]
        if message.role == "user"
    ]
    assert shown
    assert set(shown) <= set(train.inputs)
    assert len(model.asked) - before <= 2 * len(dev)


def test_the_half_that_chose_an_example_is_not_judged_with_it(tmp_path: Path) -> None:
    """Each half's prompts show the nearest of the other half's failures, never of its own."""
    train, dev = notes(64), notes(16, "d")
    search = Search(train, dev, writing_context(model := Likes(text="nowhere"), tmp_path))
    search.ask(Settings(BASE, ROOM))
    try_mending(search)
    assert search.best is not None
    half = np.unique(search.dev.groups, return_inverse=True)[1] % 2
    near = finder(train.inputs, None)
    for request in model.asked[len(dev) :]:
        row = search.dev.inputs.index(request.messages[-1].content)
        others = [
            text for text, own in zip(search.dev.inputs, half, strict=True) if own != half[row]
        ]
        allowed = {train.inputs[i] for found in near.nearest(others, 4) for i in found}
        shown = {m.content for m in request.messages[:-1] if m.role == "user"}
        assert shown <= allowed


def test_mended_examples_survive_fitting_and_loading(tmp_path: Path) -> None:
    context = writing_context(Likes(text="name: Eve"), tmp_path)
    train, dev = notes(64), notes(16, "d")
    choice = choose_few_shot(train, dev, context)
    choice = replace(choice, settings=choice.settings | {"mended": ["n4", "n12"]})
    candidate = approach("few_shot").fit(train.join(dev), choice, context)
    candidate.save(tmp_path / "kept")
    again = approach("few_shot").load(tmp_path / "kept", context)
    assert again.answer(dev.inputs[:2]).outputs == candidate.answer(dev.inputs[:2]).outputs
    assert {"n4", "n12"} <= set(again.sources.examples.ids)  # type: ignore[attr-defined]


def test_likeness_is_a_share_of_words_or_a_cosine() -> None:
    texts = ["red tea pot", "blue rope"]
    by_words = finder(texts, None)
    found = by_words.nearest(["red tea pot", "green ink"], 1)
    assert by_words.likeness(["red tea pot", "green ink"], found).tolist() == [1.0, 0.0]
    assert by_words.likeness(["x"], [[]]).tolist() == [0.0]
    meaning = finder(texts, FakeEmbedder(), None, "meaning")
    assert meaning.likeness(["blue rope"], [[1, 0]])[0] == pytest.approx(1.0)
    assert meaning.nearest(["blue"], 1) == [[1]]


@dataclass
class Careful(Parrot):
    """Answers a question about tea from the passage, and others only where nothing was found."""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [self._careful(request.messages[-1].content) for request in requests]

    @staticmethod
    def _careful(said: str) -> Completion:
        name = said.split("name: ")[-1].split("\n")[0]
        about_tea = "thing: tea" in said
        good = ("Tea comes" in said) if about_tea else NOTHING in said
        return Completion(f"{name} wants it." if good else "?", None, "stop", 7, 3, 0.01)


def test_where_no_passage_is_near_enough_the_prompt_says_that_nothing_was_found(
    tmp_path: Path,
) -> None:
    (tmp_path / "tea.md").write_text("Tea comes in tins: name it, the thing is tea.\n")
    task = writing_task(data={"examples": "a.csv", "knowledge": "tea.md"})
    context = writing_context(Careful(), tmp_path, task, root=tmp_path)
    train, dev = notes(40), notes(40, "d").take([0, 8, 16, 24, 32, 1, 2, 3])
    choice = choose_retrieval(train, dev, context)
    assert choice.settings["least"] > 0
    assert choice.dev_value > max(t.value for t in choice.trials if not t.settings["least"])
    candidate = approach("retrieval").fit(train, choice, context)
    answers = candidate.answer([dev.inputs[0], dev.inputs[5]])
    assert answers.passages[0]
    assert answers.passages[1] == ()
    assert "tea.md#1" in answers.evidence[0]


def test_words_meaning_and_both_are_tried_and_the_chosen_one_is_loaded(tmp_path: Path) -> None:
    model = FakeEmbedder()
    context = writing_context(Parrot(), tmp_path, lookup=model)
    context = replace(context, embeddings=FakeEmbeddings(model))
    choice = choose_retrieval(notes(24), notes(8, "d"), context)
    assert {trial.settings["fusion"] for trial in choice.trials} == {"ranks", "meaning", "words"}
    chosen = replace(choice, settings=choice.settings | {"fusion": "words"})
    candidate = approach("retrieval").fit(notes(24), chosen, context)
    candidate.save(tmp_path / "kept")
    again = approach("retrieval").load(tmp_path / "kept", context)
    assert again.sources.near.by == "words"  # type: ignore[attr-defined]
