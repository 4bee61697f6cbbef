"""The prompt rungs with labels and a model that is asked in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.approaches._files import write_candidate
from etude.approaches.writing.searching import SAMPLE
from etude.approaches.writing.wording import PromptBuilder, Shown, Wording
from tests._fakes import DESCRIPTIONS, LABELS, FakeChat, make_context, muddled, some_examples

RUNGS = ("prompt", "few_shot", "retrieval")


@pytest.mark.parametrize("key", RUNGS)
def test_it_answers_and_comes_back_from_disk(key: str, tmp_path: Path) -> None:
    context = make_context(FakeChat(), tmp_path)
    train, dev, fresh = some_examples(60), some_examples(20, 1, "d"), some_examples(24, 2, "f")
    rung = approach(key)
    choice = rung.choose(train, dev, context)
    candidate = rung.fit(train.join(dev), choice, context)
    answers = candidate.answer(fresh.inputs)
    right = np.mean([a == t for a, t in zip(answers.outputs, fresh.targets, strict=True)])
    assert right > 0.6
    assert answers.probabilities_NL is not None
    assert answers.tokens_in.min() > 0
    candidate.save(tmp_path / "c")
    loaded = rung.load(tmp_path / "c", context).answer(fresh.inputs)
    assert loaded.outputs == answers.outputs
    np.testing.assert_array_equal(loaded.probabilities_NL, answers.probabilities_NL)
    assert len(candidate.answer([])) == 0


def test_failures_stay_and_are_level(tmp_path: Path) -> None:
    context = make_context(FakeChat(), tmp_path)
    rung = approach("prompt")
    candidate = rung.fit(
        some_examples(8), rung.choose(some_examples(8), some_examples(8, 1, "d"), context), context
    )
    answers = candidate.answer(["REFUSE this", "lost stolen wallet"])
    assert answers.outputs == (None, "lost_card")
    assert answers.failures == ("refusal", None)
    assert answers.probabilities_NL is not None
    np.testing.assert_allclose(answers.probabilities_NL[0], 0.25)


def test_without_probabilities_there_is_no_confidence(tmp_path: Path) -> None:
    context = make_context(FakeChat(probabilities=False), tmp_path)
    rung = approach("prompt")
    choice = rung.choose(some_examples(8), some_examples(8, 1, "d"), context)
    answers = rung.fit(some_examples(8), choice, context).answer(["lost stolen wallet"])
    assert answers.probabilities_NL is None
    assert np.isnan(answers.confidence).all()


def test_probabilities_follow_the_tasks_order_whatever_the_prompts(tmp_path: Path) -> None:
    context = make_context(FakeChat(), tmp_path)
    rung = approach("prompt")
    train = some_examples(8)
    choice = rung.choose(train, some_examples(8, 1, "d"), context)
    turned = choice.settings | {"wording": choice.settings["wording"] | {"order": "reversed"}}
    answers = rung.fit(train, type(choice)(turned, 0, ()), context).answer(["money back from shop"])
    assert answers.probabilities_NL is not None
    assert LABELS[int(answers.probabilities_NL[0].argmax())] == answers.outputs[0] == "refund"


def test_dev_is_asked_within_bounds(tmp_path: Path) -> None:
    model = FakeChat()
    context = make_context(model, tmp_path)
    choice = approach("prompt").choose(some_examples(20), some_examples(900, 1, "d"), context)
    assert len(set(model.seen)) == len(model.seen) <= 4 * SAMPLE, "nothing is asked twice"
    assert max(trial.n for trial in choice.trials) == SAMPLE
    lists = [trial.settings["wording"] for trial in choice.trials]
    assert {"label_list", "meanings", "order"} <= {key for one in lists for key in one}
    assert [trial.bought is None for trial in choice.trials].count(True) == 1
    assert "100 of 900" in choice.notes[0]
    assert len(choice.dev_outputs) == 900
    assert choice.dev_outputs.count(None) == 800


def test_the_rungs_share_the_requests_that_find_the_wording(tmp_path: Path) -> None:
    train, dev = some_examples(40), some_examples(20, 1, "d")
    asked = []
    for key in RUNGS:
        model = FakeChat()
        approach(key).choose(train, dev, make_context(model, tmp_path))
        asked.append(set(model.seen))
    # As it is, and five ways to list the labels.
    assert len(asked[0] & asked[1] & asked[2]) == 20 * 5


def test_few_shot_shows_as_many_of_each_label(tmp_path: Path) -> None:
    context = make_context(FakeChat(), tmp_path)
    rung = approach("few_shot")
    choice = rung.choose(some_examples(60), muddled(some_examples(12, 1, "d")), context)
    assert choice.settings["fixed"] in (4, 8, 16, 32)
    fixed = type(choice)(choice.settings | {"mended": []}, 0, ())
    shown = rung.fit(some_examples(60), fixed, context).sources  # type: ignore[attr-defined]
    counts = {shown.examples.targets.count(label) for label in LABELS}
    assert counts == {choice.settings["fixed"] // 4}
    assert any(trial.settings["mended"] for trial in choice.trials), "and like what dev failed on"


def test_retrieval_puts_the_nearest_last(tmp_path: Path) -> None:
    model = FakeChat()
    context = make_context(model, tmp_path)
    rung = approach("retrieval")
    train = some_examples(60)
    choice = rung.choose(train, some_examples(12, 1, "d"), context)
    turns = choice.settings | {"wording": choice.settings["wording"] | {"examples": "turns"}}
    candidate = rung.fit(train, type(choice)(turns, 0, ()), context)
    answers = candidate.answer([train.inputs[17]])
    shown = [one.content for one in model.seen[-1].messages if one.role == "user"]
    assert shown[-2:] == [train.inputs[17], train.inputs[17]]
    assert len(shown) == choice.settings["near"] + 1
    assert train.ids[17] in answers.evidence[0]


def test_labels_are_listed_as_the_wording_says() -> None:
    task = make_context(FakeChat(), Path()).task
    told = {"refund": DESCRIPTIONS["refund"]}
    plain = PromptBuilder(task, Wording(), ("refund", "login"), told, (), 64)
    request = plain.request("where is it", [Shown("a", "hi", "login")])
    assert request.choices == ("refund", "login")
    assert [one.content for one in request.messages] == [
        f"{Wording().said(task)}\n\nLabels:\n- refund: they want money back from a shop\n- login",
        "hi",
        "login",
        "where is it",
    ]
    other = Wording(label_list="json", meanings=False, order="reversed", contract_first=True)
    system = replace(plain, wording=other).request("t").messages[0].content
    assert system.startswith('Labels:\n["login", "refund"]\n\n')
    assert Wording.from_settings(other.as_settings()) == other
    assert Wording().as_settings().keys() == {
        "examples",
        "rules",
        "shape",
        "bare",
        "contract_first",
        "sentences",
    }


def test_a_candidate_of_an_earlier_version_still_answers(tmp_path: Path) -> None:
    model = FakeChat()
    context = make_context(model, tmp_path)
    settings = {
        "wording": {"layout": "json", "meanings": False, "order": "alphabetical"},
        "shown": "nearest",
        "count": 2,
        "temperature": 2.0,
    }
    train = some_examples(12)
    write_candidate(tmp_path / "old", "retrieval", settings, examples=train)
    old = approach("retrieval").load(tmp_path / "old", context)
    answers = old.answer([train.inputs[1], "REFUSE this"])
    assert answers.outputs == (train.targets[1], None)
    system = model.seen[0].messages[0].content
    assert json.dumps(sorted(LABELS)) in system
    assert system.count('{"message"') == 2
    old.save(tmp_path / "again")
    again = approach("retrieval").load(tmp_path / "again", context)
    assert again.answer([train.inputs[1]]).outputs == answers.outputs[:1]
