"""What every rung with an embedder owes: real work, honest answers, the same after a round trip."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach, registry
from etude.approaches._search import EVEN
from etude.errors import DataError, StoreError
from tests._fakes import FakeChat, FakeEmbedder, FakeEmbeddings, make_context, some_examples

RUNGS = ("prompt", "few_shot", "retrieval", "probe")
LEAST = {"prompt": 0.7, "few_shot": 0.9, "retrieval": 0.9, "probe": 0.9}


def test_the_ladder_is_found_by_file_name_in_order_of_effort() -> None:
    rungs = [approach(name) for name in registry.names()]
    trained = ["finetune", "finetune_retrieval", "bake"]
    assert [r.key for r in sorted(rungs, key=lambda r: r.order)] == [*RUNGS, *trained]
    assert {r.key for r in rungs if r.seeded} == set(trained)
    assert len({r.plain_name for r in rungs}) == 7


@pytest.mark.parametrize("key", RUNGS)
def test_it_learns_and_answers_the_same_after_saving(key: str, tmp_path: Path) -> None:
    model = FakeEmbedder()
    context = make_context(model, tmp_path, embeddings=FakeEmbeddings(model))
    train, dev, fresh = some_examples(120), some_examples(40, 1, "d"), some_examples(60, 2, "f")
    rung = approach(key)
    choice = rung.choose(train, dev, context)
    candidate = rung.fit(train.join(dev), choice, context)
    answers = candidate.answer(fresh.inputs)
    right = np.mean([a == t for a, t in zip(answers.outputs, fresh.targets, strict=True)])
    assert right >= LEAST[key]
    assert answers.failures == (None,) * 60
    assert answers.probabilities_NL is not None
    np.testing.assert_allclose(answers.probabilities_NL.sum(axis=1), 1, atol=1e-5)
    assert answers.tokens_in.tolist() == model.count_tokens(fresh.inputs).tolist()
    assert (answers.seconds > 0).all()
    candidate.save(tmp_path / "saved")
    loaded = rung.load(tmp_path / "saved", context).answer(fresh.inputs)
    assert loaded.outputs == answers.outputs
    np.testing.assert_array_equal(loaded.probabilities_NL, answers.probabilities_NL)
    assert not list((tmp_path / "saved").rglob("*.p*kl"))


@pytest.mark.parametrize("key", RUNGS)
def test_choosing_tells_all_that_was_tried_and_keeps_one_as_good_as_the_best(
    key: str, tmp_path: Path
) -> None:
    context = make_context(FakeEmbedder(), tmp_path)
    choice = approach(key).choose(some_examples(80), some_examples(400, 1, "d"), context)
    assert len(choice.trials) > 3
    assert all(trial.n == 400 for trial in choice.trials)
    best = max(trial.value for trial in choice.trials)
    even = best - EVEN * math.sqrt(best * (1 - best) / 400)
    settings = {k: v for k, v in choice.settings.items() if k != "temperature"}
    (kept,) = [trial for trial in choice.trials if trial.settings == settings]
    assert kept.value >= even
    assert choice.dev_value == kept.value
    dev = some_examples(400, 1, "d")
    assert context.metric(dev, choice.dev_outputs) == choice.dev_value
    assert choice.settings["temperature"] > 0


@pytest.mark.parametrize("key", RUNGS)
def test_a_small_dev_part_is_helped_by_parts_of_train(key: str, tmp_path: Path) -> None:
    context = make_context(FakeEmbedder(), tmp_path)
    choice = approach(key).choose(some_examples(80), some_examples(20, 1, "d"), context)
    assert {trial.n for trial in choice.trials} == {100}
    assert "only 20 examples" in choice.notes[0]


@pytest.mark.parametrize("key", RUNGS)
def test_cached_and_fresh_embeddings_give_the_same_answers(key: str, tmp_path: Path) -> None:
    model = FakeEmbedder()
    cache = FakeEmbeddings(model)
    context = make_context(model, tmp_path, embeddings=cache)
    train, dev = some_examples(60), some_examples(20, 1, "d")
    rung = approach(key)
    candidate = rung.fit(train, rung.choose(train, dev, context), context)
    model.embedded = cache.asked = 0
    cached = candidate.answer(dev.inputs, cache)
    assert (model.embedded, cache.asked) == (0, 20)
    fresh = candidate.answer(dev.inputs)
    assert (model.embedded, cache.asked) == (20, 20)
    assert cached.outputs == fresh.outputs


@pytest.mark.parametrize("key", RUNGS)
def test_the_edges(key: str, tmp_path: Path) -> None:
    """One example a class, labels without any, inputs of no words, no inputs."""
    context = make_context(FakeEmbedder(), tmp_path)
    rung = approach(key)
    train = some_examples(3)  # the fourth label has no example
    dev = some_examples(4, 1, "d")
    candidate = rung.fit(train, rung.choose(train, dev, context), context)
    nothing = candidate.answer([])
    assert len(nothing) == 0
    assert nothing.tokens_in.shape == (0,)
    odd = candidate.answer(["", "?!", "password login app"])
    assert len(odd) == 3
    assert all(output in context.labels for output in odd.outputs)
    if key in ("prompt", "few_shot"):  # they know the label by its description
        assert odd.outputs[2] == "login"


@pytest.mark.parametrize("key", RUNGS)
def test_the_same_inputs_give_the_same_choice(key: str, tmp_path: Path) -> None:
    choices = [
        approach(key).choose(
            some_examples(60), some_examples(30, 1, "d"), make_context(FakeEmbedder(), tmp_path)
        )
        for _ in range(2)
    ]
    assert choices[0] == choices[1]


def test_a_target_outside_the_labels_is_named(tmp_path: Path) -> None:
    context = make_context(FakeEmbedder(), tmp_path, labels=("card_arrival", "refund"))
    with pytest.raises(DataError, match="lost_card"):
        approach("probe").choose(some_examples(8), some_examples(8, 1, "d"), context)


def test_who_can_use_which_rung(tmp_path: Path) -> None:
    task = make_context(FakeEmbedder(), tmp_path).task
    for key in RUNGS:
        assert approach(key).usable(task, FakeEmbedder()) is None
    assert approach("prompt").usable(task, FakeChat()) is None
    for key in ("probe", "finetune"):
        reason = approach(key).usable(task, FakeChat())
        assert reason is not None
        assert "encoder" in reason
    assert "this machine" in (approach("finetune").usable(task, FakeEmbedder()) or "")
    other = task.model_copy(update={"kind": "write"})
    assert "write" in (approach("probe").usable(other, FakeEmbedder()) or "")


@pytest.mark.parametrize("key", ["probe", "retrieval", "few_shot"])
def test_a_label_without_examples_is_known_by_its_meaning(key: str, tmp_path: Path) -> None:
    context = make_context(FakeEmbedder(), tmp_path)
    rung = approach(key)
    whole = some_examples(80)
    train = whole.take([i for i, target in enumerate(whole.targets) if target != "login"])
    dev = some_examples(400, 1, "d")
    answers = rung.fit(train, rung.choose(train, dev, context), context).answer(
        ["password login app"]
    )
    assert answers.outputs == ("login",)


def test_a_damaged_candidate_says_so(tmp_path: Path) -> None:
    context = make_context(FakeEmbedder(), tmp_path)
    rung = approach("probe")
    train = some_examples(20)
    folder = tmp_path / "c"
    rung.fit(train, rung.choose(train, some_examples(8, 1, "d"), context), context).save(folder)
    with pytest.raises(StoreError, match="rung 'probe'"):
        approach("few_shot").load(folder, context)
    (folder / "arrays.safetensors").write_bytes(b"half")
    with pytest.raises(StoreError, match="can't be read"):
        rung.load(folder, context)
    (folder / "candidate.json").unlink()
    with pytest.raises(StoreError, match="can't be read"):
        rung.load(folder, context)


def test_prompt_without_descriptions_goes_by_names(tmp_path: Path) -> None:
    context = make_context(FakeEmbedder(), tmp_path, descriptions={})
    context = replace(context, task=context.task.model_copy(update={"instructions": ""}))
    choice = approach("prompt").choose(some_examples(40), some_examples(40, 1, "d"), context)
    assert {trial.settings["form"] for trial in choice.trials} == {"name", "sentences"}
