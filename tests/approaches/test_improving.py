"""Instructions that a model rewrites: within the budget, by dev alone, and the same again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from etude.approaches import approach
from etude.approaches._base import FitContext
from etude.approaches.improving.library import optimizer
from etude.approaches.improving.purse import Ended, Purse
from etude.approaches.improving.rewriting import Rewriting
from etude.approaches.writing.choosing import choose_few_shot, choose_prompt
from etude.approaches.writing.rewritten import Rewritten
from etude.approaches.writing.searching import Search
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BASE
from etude.errors import EndpointError, MissingDependency, SpendLimitReached, UsageError
from etude.models._base import Ability, ChatRequest, Completion
from etude.models._improving import Improving
from etude.progress import Progress, Silent
from tests._fakes import FakeChat, make_context, muddled, some_examples
from tests.approaches._writing import NAMES, notes, writing_context

needs_gepa = pytest.mark.skipif(
    find_spec("gepa") is None, reason="needs gepa: pip install 'etude[improve]'"
)
NAME_FIRST, TEA_TOO = "Begin with the name.", "Every thing is wanted."
HALF = NAMES[:4]


@dataclass
class Endpoint:
    """Answers half of the names well where the instructions say NAME_FIRST, all with TEA_TOO as well.

    Asked to rewrite, it adds what is missing. An answer costs 1, a rewriting 5.
    """

    name: str = "fake:endpoint"
    fingerprint: str = "fake-endpoint"
    abilities: frozenset[Ability] = frozenset({"chat"})
    asked: list[ChatRequest] = field(default_factory=list)
    said_to_rewrite: list[str] = field(default_factory=list)
    improving: Improving | None = None
    fails: Exception | None = None
    interrupted_after: int = 10**6
    idea: str = ""

    def plan(self, requests: int, money: float | None = None) -> Endpoint:
        self.improving = Improving(requests, money, self)
        return self

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        if len(self.asked) > self.interrupted_after:
            raise KeyboardInterrupt
        return [self._said(request) for request in requests]

    def most(self, request: ChatRequest) -> float:
        return 2 * self._price(request)

    def cost(self, said: Completion) -> float:
        return float(said.tokens_out)

    @staticmethod
    def _price(request: ChatRequest) -> int:
        return 5 if request.messages[-1].content.startswith("An assistant does") else 1

    def _said(self, request: ChatRequest) -> Completion:
        text, price = request.messages[-1].content, self._price(request)
        if price == 5:
            if self.fails is not None:
                raise self.fails
            self.said_to_rewrite.append(text)
            new = self.idea or f"Say who wants what. {NAME_FIRST}"
            new += f" {TEA_TOO}" if NAME_FIRST in text.partition("They stand in")[0] else ""
            return Completion(f"```\n{new}\n```", None, "stop", 9, price, 0.01)
        system = request.messages[0].content
        name = text.split("name: ")[1].split("\n")[0]
        good = NAME_FIRST in system and (name in HALF or TEA_TOO in system)
        return Completion(f"{name} wants it." if good else "?", None, "stop", 9, price, 0.01)


def context_of(model: Any, folder: Path) -> FitContext:
    return writing_context(model, folder)


@needs_gepa
def test_better_instructions_are_found_on_dev_and_kept(tmp_path: Path) -> None:
    model = Endpoint().plan(200)
    train, dev = notes(40), notes(24, "d")
    choice = choose_prompt(train, dev, context_of(model, tmp_path))
    assert choice.dev_value == 1.0
    text = choice.settings["wording"]["instructions"]
    assert NAME_FIRST in text
    assert TEA_TOO in text
    tried = [(one.settings["wording"].get("instructions"), one) for one in choice.trials]
    halfway = next(one for said, one in tried if said and TEA_TOO not in said)
    assert halfway.value == halfway.bought == 0.5, "what each of them gained is written down"
    assert any("rewritten by fake:endpoint" in note and "200" in note for note in choice.notes)
    candidate = approach("prompt").fit(train, choice, context_of(model, tmp_path))
    assert candidate.answer(notes(8).inputs).outputs == tuple(f"{n} wants it." for n in NAMES)
    candidate.save(tmp_path / "kept")
    again = approach("prompt").load(tmp_path / "kept", context_of(model, tmp_path))
    assert again.answer(notes(1).inputs).outputs == ("Ada wants it.",)


@needs_gepa
def test_whoever_rewrites_reads_train_and_dev_alone_decides(tmp_path: Path) -> None:
    model = Endpoint().plan(120)
    train, dev = notes(40), notes(24, "d")
    choose_prompt(train, dev, context_of(model, tmp_path))
    read = "\n".join(model.said_to_rewrite)
    assert "the check “" in read, "what failed and why is told"
    assert "Say who wants what." in read
    assert not any(text in read for text in dev.inputs if text not in train.inputs)
    asked = {request.messages[-1].content for request in model.asked} - set(model.said_to_rewrite)
    assert asked <= set(train.inputs) | set(dev.inputs)


@needs_gepa
@pytest.mark.parametrize("requests", [54, 60])
def test_requests_are_kept_within_the_budget(tmp_path: Path, requests: int) -> None:
    train, dev = notes(40), notes(24, "d")
    plain, model = Endpoint(), Endpoint().plan(requests)
    choose_prompt(train, dev, context_of(plain, tmp_path))
    choose_prompt(train, dev, context_of(model, tmp_path))
    assert len(plain.asked) < len(model.asked) <= len(plain.asked) + requests


@needs_gepa
def test_money_is_kept_within_the_budget_to_the_last_request(tmp_path: Path) -> None:
    train, dev = notes(40), notes(24, "d")
    plain, model = Endpoint(), Endpoint().plan(1_000, money=60)
    choose_prompt(train, dev, context_of(plain, tmp_path))
    choose_prompt(train, dev, context_of(model, tmp_path))
    spent = sum(map(model._price, model.asked)) - len(plain.asked)
    assert 20 < spent <= 60


@needs_gepa
def test_the_same_search_asks_the_same_and_other_rungs_go_through_it_too(tmp_path: Path) -> None:
    train, dev = notes(40), notes(24, "d")
    first, again, shots = (Endpoint().plan(120) for _ in range(3))
    choose_prompt(train, dev, context_of(first, tmp_path))
    choose_prompt(train, dev, context_of(again, tmp_path))
    assert first.asked == again.asked
    choice = choose_few_shot(train, dev, context_of(shots, tmp_path))
    assert set(first.said_to_rewrite) == set(shots.said_to_rewrite)
    assert TEA_TOO in choice.settings["wording"]["instructions"]


class Words(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


@needs_gepa
def test_whoever_stops_it_is_told_what_was_found(tmp_path: Path) -> None:
    words = Words()
    model = Endpoint(interrupted_after=60).plan(200)
    context = replace(context_of(model, tmp_path), progress=words)
    with pytest.raises(KeyboardInterrupt):
        choose_prompt(notes(40), notes(24, "d"), context)
    assert "The same command goes on from there" in words.said[-1]


@needs_gepa
@pytest.mark.parametrize("problem", [EndpointError("gone"), SpendLimitReached("spent")])
def test_trouble_of_whoever_rewrites_ends_the_run_and_is_asked_once(
    tmp_path: Path, problem: Exception
) -> None:
    model = Endpoint(fails=problem).plan(200)
    with pytest.raises(type(problem)):
        choose_prompt(notes(40), notes(24, "d"), context_of(model, tmp_path))
    assert sum(model._price(request) == 5 for request in model.asked) == 1


@needs_gepa
def test_where_nothing_better_is_found_the_instructions_stay(tmp_path: Path) -> None:
    model = Endpoint(idea="Say nothing.").plan(60)
    choice = choose_prompt(notes(40), notes(24, "d"), context_of(model, tmp_path))
    assert "instructions" not in choice.settings["wording"]


@needs_gepa
def test_labels_are_improved_by_the_same_search(tmp_path: Path) -> None:
    model: Any = FakeChat()
    by = Endpoint(idea="Choose with care.")
    model.improving = Improving(60, None, by)
    train, dev = muddled(some_examples(40)), muddled(some_examples(24, 1, "d"))
    approach("prompt").choose(train, dev, make_context(model, tmp_path))
    (first, *_) = by.said_to_rewrite
    assert "Right is " in first
    assert "means: " in first
    assert "[the instructions stand here]\n\nLabels:" in first


@needs_gepa
def test_a_budget_that_can_not_do_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    plan = Improving(60, None, Endpoint(), rehearsed=True)
    model = Endpoint(improving=plan)
    with pytest.raises(UsageError) as caught:
        choose_prompt(notes(40), notes(60, "d"), context_of(model, tmp_path))
    assert "100 or more" in str(caught.value)


@needs_gepa
def test_a_rehearsal_asks_as_much_as_a_search_may(tmp_path: Path) -> None:
    by = Endpoint()
    model = Endpoint(improving=Improving(200, None, by, rehearsed=True))
    choose_prompt(notes(40), notes(24, "d"), context_of(model, tmp_path))
    longer = [one for one in model.asked if ".." in one.messages[0].content]
    assert len(longer) + len(by.asked) == 200
    assert len(by.asked) == 25


def test_without_the_package_it_is_said_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gepa.api", None)
    with pytest.raises(MissingDependency) as caught:
        choose_prompt(notes(8), notes(8, "d"), context_of(Endpoint().plan(60), tmp_path))
    assert "pip install 'etude[improve]'" in str(caught.value)


def _search(folder: Path) -> Rewritten:
    search = Search(notes(20), notes(10, "d"), writing_context(Endpoint(), folder))
    search.ask(Settings(BASE, 40))
    return Rewritten(search)


@needs_gepa
def test_texts_that_are_not_worth_trying_are_not_tried(tmp_path: Path) -> None:
    rewriting = Rewriting(_search(tmp_path), optimizer().layout)
    assert rewriting.read(None) is None
    assert rewriting.read("``` ```") is None
    assert rewriting.read("```\nSay  who wants WHAT.\n```") is None, "as they are"
    assert rewriting.read(f"```\n{'Say it. ' * 2_000}\n```") is None
    assert rewriting.read("```\nWrite to ada.smith@example.com when unsure.\n```") is None
    assert rewriting.read("Sure!\n```\nSay the name first.\n```") == "Say the name first."
    assert rewriting.read("```\nsay the name first.\n```") is None, "tried before"


def test_the_same_prompt_for_rewriting_is_asked_anew(tmp_path: Path) -> None:
    trying = _search(tmp_path)
    model: Any = trying.context.model
    plan = Improving(2, None, model)
    purse = Purse(trying, plan, Silent().step("x"))
    before = len(model.asked)
    purse.rewrite("An assistant does it")
    purse.rewrite("An assistant does it")
    assert [request.asking for request in model.asked[before:]] == [0, 1]
    with pytest.raises(Ended):
        purse.rewrite("An assistant does it")
    assert purse.used == 2
