"""What each stage is found by: another check chooses anew and fits the same."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from etude.approaches import approach
from etude.approaches._base import Choice
from etude.evaluation.entrant import Entrant
from etude.evaluation.keys import Keys
from etude.evaluation.parts import Part
from etude.records.task import ModelRef
from tests.approaches._writing import Parrot, notes, writing_task

PART = Part(0, notes(6), notes(4, "d"), notes(4, "s"))
PLAIN = {"wording": {"rules": False}, "passages": 0, "preference": None}
STATING = {"wording": {"rules": True}, "passages": 0}
LOOKING = {"wording": {"rules": False}, "passages": 3}


def keys(**task: Any) -> Keys:
    made = writing_task(**task)
    rules = tuple(str(check) for check in made.checks)
    return Keys(made, (), {}, rules, {"torch": "1"}, {"checks": "a", "knowledge": "k"})


def entrant(rung: str = "prompt", model: Any = None) -> Entrant:
    return Entrant(approach(rung), ModelRef(name="parrot"), model or Parrot(), None)


def fit(found: Keys, settings: dict[str, Any], rung: str = "prompt") -> dict[str, Any]:
    choice = Choice(settings, 0.5, ())
    return found.answering(entrant(rung), PART, choice, 0, keep=True)


def other_checks() -> dict[str, Any]:
    return {"checks": [{"type": "ends-with", "value": "!"}]}


@pytest.mark.parametrize(
    ("settings", "same"), [(PLAIN, True), (STATING, False), ({"of": "another rung"}, False)]
)
def test_another_check_is_another_choice_and_fits_the_same_unless_the_prompt_states_it(
    settings: dict[str, Any], same: bool
) -> None:
    before, after = keys(), keys(**other_checks())
    assert before.choosing(entrant(), PART, 0) != after.choosing(entrant(), PART, 0)
    assert (fit(before, settings) == fit(after, settings)) == same


def test_a_check_in_python_whose_file_changed_is_another_check() -> None:
    before = keys()
    after = replace(before, files={"checks": "b", "knowledge": "k"})
    assert before.choosing(entrant(), PART, 0) != after.choosing(entrant(), PART, 0)
    assert fit(before, STATING) == fit(after, STATING)


def test_knowledge_is_read_where_passages_are_shown() -> None:
    before = keys()
    after = replace(before, files={"checks": "a", "knowledge": "l"})
    assert fit(before, PLAIN) == fit(after, PLAIN)
    assert fit(before, LOOKING) != fit(after, LOOKING)


def test_what_sorts_reads_no_knowledge() -> None:
    before = replace(keys(), labels=("a", "b"))
    after = replace(before, files={"checks": "a", "knowledge": "l"})
    choice = Choice(LOOKING, 0.5, ())
    assert before.choosing(entrant(), PART, 0) == after.choosing(entrant(), PART, 0)
    assert fit(before, LOOKING) == fit(after, LOOKING)
    names = {one.candidate_id(entrant(), PART, choice, 0) for one in (before, after)}
    assert len(names) == 1


def test_how_it_is_trained_is_read_by_those_who_train() -> None:
    before, after = keys(), keys(training={"epochs": 9})
    assert fit(before, PLAIN) == fit(after, PLAIN)
    assert fit(before, PLAIN, "bake") != fit(after, PLAIN, "bake")


@pytest.mark.parametrize(
    ("rung", "abilities", "same"),
    [
        ("prompt", {"chat"}, False),
        ("retrieval", {"chat"}, False),
        ("prompt", {"embed"}, False),
        ("retrieval", {"embed"}, True),
        ("probe", {"embed"}, True),
        ("finetune", {"embed", "tune_encoder"}, True),
        ("finetune", {"chat", "tune_causal"}, False),
    ],
)
def test_instructions_are_read_by_prompts_and_label_texts(
    rung: str, abilities: set[str], same: bool
) -> None:
    model = SimpleNamespace(name="m", fingerprint="m", abilities=frozenset(abilities))
    one = entrant(rung, model)
    before, after = keys(), keys(instructions="Say it otherwise.")
    assert (before.choosing(one, PART, 0) == after.choosing(one, PART, 0)) == same


def test_an_ideal_answer_that_is_mended_in_what_is_scored_changes_no_answer() -> None:
    scored = replace(PART.scored, targets=("another",) * len(PART.scored))
    mended, other = replace(PART, scored=scored), replace(PART, scored=notes(4, "t"))
    choice = Choice(PLAIN, 0.5, ())
    one, two, three = (
        keys().answering(entrant(), part, choice, 0, keep=True) for part in (PART, mended, other)
    )
    assert one == two
    assert one != three


def test_the_ledger_s_name_holds_how_a_candidate_is_judged() -> None:
    choice = Choice(PLAIN, 0.5, ())
    names = {
        found.candidate_id(entrant(), PART, choice, 0)
        for found in (keys(), keys(**other_checks()), keys(bar={"metric": "chrf"}))
    }
    assert len(names) == 3
    assert keys().candidate_id(entrant(), PART, choice, 0) in names


def test_what_is_timed_is_what_a_candidate_is_made_of() -> None:
    def timing(found: Keys, contents: str = "c", inputs: tuple[str, ...] = ("a",)) -> Any:
        return found.timing(entrant(), PLAIN, contents, inputs)

    assert timing(keys()) == timing(keys(**other_checks()))
    assert timing(keys()) != timing(keys(instructions="Say it otherwise."))
    assert timing(keys()) != timing(keys(), contents="d")
    assert timing(keys()) != timing(keys(), inputs=("b",))


def test_asking_again_is_another_answer_and_the_same_choice_for_models_that_chat() -> None:
    bar = {"metric": "all_checks", "hand_over": {"precision": 0.9}}
    once, again = keys(bar=bar), keys(bar=bar | {"hand_over": {"precision": 0.9, "ask_again": 3}})
    assert once.choosing(entrant(), PART, 0) == again.choosing(entrant(), PART, 0)
    assert fit(once, PLAIN) != fit(again, PLAIN)
    assert once.timing(entrant(), PLAIN, "c", ["a"]) != again.timing(entrant(), PLAIN, "c", ["a"])
    reads = SimpleNamespace(name="reads", fingerprint="reads", abilities=frozenset({"embed"}))
    choice = Choice(PLAIN, 0.5, ())
    probe = entrant("probe", reads)
    before, after = (one.answering(probe, PART, choice, 0, keep=True) for one in (once, again))
    assert before == after
