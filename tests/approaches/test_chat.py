"""The prompt rungs with a chat model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.approaches._chat_choice import SAMPLE, sample_of
from etude.approaches._wording import PromptBuilder, Wording
from tests._fakes import DESCRIPTIONS, LABELS, FakeChat, make_context, some_examples

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
    turned = {
        **choice.settings,
        "wording": {"layout": "plain", "meanings": True, "order": "reversed"},
    }
    answers = rung.fit(train, type(choice)(turned, 0, ()), context).answer(["money back from shop"])
    assert answers.probabilities_NL is not None
    assert LABELS[int(answers.probabilities_NL[0].argmax())] == answers.outputs[0] == "refund"


def test_dev_is_asked_within_bounds(tmp_path: Path) -> None:
    model = FakeChat()
    context = make_context(model, tmp_path)
    choice = approach("prompt").choose(some_examples(20), some_examples(900, 1, "d"), context)
    assert len(model.seen) == SAMPLE * len(choice.trials)
    assert len(choice.trials) == 5
    assert "100 of 900" in choice.notes[0]
    assert len(choice.dev_outputs) == 900
    assert choice.dev_outputs.count(None) == 800


def test_the_sample_is_the_same_and_takes_labels_in_turn() -> None:
    dev = some_examples(900, 1, "d")
    sample = sample_of(dev)
    assert sample.ids == sample_of(dev.take(range(900))).ids
    counts = {label: sample.targets.count(label) for label in LABELS}
    assert set(counts.values()) == {SAMPLE // 4}


def test_the_rungs_share_the_requests_that_find_the_wording(tmp_path: Path) -> None:
    train, dev = some_examples(40), some_examples(20, 1, "d")
    asked = []
    for key in RUNGS:
        model = FakeChat()
        approach(key).choose(train, dev, make_context(model, tmp_path))
        asked.append(set(model.seen))
    assert asked[0] < asked[1]
    assert asked[0] < asked[2]


def test_few_shot_shows_as_many_of_each_label(tmp_path: Path) -> None:
    context = make_context(FakeChat(), tmp_path)
    rung = approach("few_shot")
    choice = rung.choose(some_examples(60), some_examples(12, 1, "d"), context)
    assert choice.settings["count"] in (1, 2, 4, 8)
    shown = rung.fit(some_examples(60), choice, context).examples  # type: ignore[attr-defined]
    counts = {shown.targets.count(label) for label in LABELS}
    assert counts == {choice.settings["count"]}


def test_retrieval_puts_the_nearest_last(tmp_path: Path) -> None:
    model = FakeChat()
    context = make_context(model, tmp_path)
    rung = approach("retrieval")
    train = some_examples(60)
    choice = rung.choose(train, some_examples(12, 1, "d"), context)
    candidate = rung.fit(train, choice, context)
    candidate.answer([train.inputs[17]])
    system = model.seen[-1].messages[0].content
    shown = [line for line in system.splitlines() if line.startswith(("Message:", '{"message"'))]
    assert train.inputs[17] in shown[-1]
    assert len(shown) == choice.settings["count"]


def test_a_prompt_word_for_word() -> None:
    builder = PromptBuilder(
        Wording(), "Choose.", ("refund", "login"), {"refund": DESCRIPTIONS["refund"]}
    )
    request = builder.request("where is it", [("hi", "login")])
    assert request.choices == ("refund", "login")
    assert request.messages[0].content == (
        "Choose.\n\nLabels:\n- refund: they want money back from a shop\n- login\n\n"
        "Examples:\nMessage: hi\nLabel: login\n\n\n"
        "Answer with one label, exactly as it is written above."
    )
    assert request.messages[-1].content == "where is it"
    as_json = PromptBuilder(Wording("json", False, "alphabetical"), "", ("b", "a"), {"a": "x"})
    assert '["a", "b"]' in as_json.request("t").messages[0].content
