"""Rungs that train a language model, on a tiny random one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file

from etude.approaches import approach
from etude.approaches._base import FitContext
from etude.approaches.writing import baking, trainings, tuning
from etude.approaches.writing.baking import taught_by_the_prompt
from etude.approaches.writing.choosing import candidate_for
from etude.approaches.writing.pairs import neighbours, token_pairs
from etude.approaches.writing.planning import Planned, planned
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BARE, BASE
from etude.data.conversations import held_forms
from etude.data.examples import Examples
from etude.models._base import Completion
from etude.models._causal import CausalModel
from etude.models._remembering import to_json
from etude.records.task import Task
from etude.training.lm.pairs import TokenPair
from etude.training.lm.result import LmResult
from etude.training.lm.said import Said
from etude.training.lm.settings import LmSettings
from etude.training.lm.teaching import teach
from tests.approaches._writing import notes, writing_context, writing_task
from tests.models._causal_folders import write_causal

QUICK = {"epochs": 2, "learning_rate": 0.01, "batch_size": 8}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    return CausalModel("tiny", write_causal(tmp_path_factory.mktemp("tiny")))


def quick_task(**more: Any) -> Task:
    return writing_task(training=QUICK, **more)


def test_the_prompt_of_training_is_the_prompt_of_use(model: CausalModel, tmp_path: Path) -> None:
    context = writing_context(model, tmp_path, quick_task())
    rows = notes(6)
    candidate = candidate_for("finetune", rows, Settings(BASE, 30).to_json(), context, model)
    (request, *_), _ = candidate.requests(rows.inputs)
    pair = token_pairs(candidate, rows)[0]
    assert pair.prompt.tolist() == model.format.prompt_ids(request.messages).tolist()
    assert model.format.decode(pair.target) == rows.targets[0]
    assert pair.target[-1] in model.format.stop_ids


def test_an_example_never_stands_in_its_own_prompt(model: CausalModel, tmp_path: Path) -> None:
    rows = notes(20)
    context = writing_context(model, tmp_path, quick_task())
    settings = Settings(BASE, 30, near=2).to_json()
    candidate = candidate_for("finetune_retrieval", rows, settings, context, model)
    for row, shown in enumerate(neighbours(candidate, rows)):
        assert len(shown) == 2
        assert row not in shown


def test_look_up_trains_with_the_passages_that_its_prompts_show_in_use(
    model: CausalModel, tmp_path: Path
) -> None:
    (tmp_path / "prices.md").write_text("Tea costs four.\n\n# Rope\n\nRope is sold by the yard.\n")
    task = writing_task(data={"examples": "a.csv", "knowledge": "prices.md"})
    context = writing_context(model, tmp_path, task, root=tmp_path)
    recipe = approach("finetune_retrieval").recipe  # type: ignore[attr-defined]
    assert recipe.prompt_for(writing_task()).passages == 0
    assert approach("bake").recipe.prompt_for(task).passages == 0  # type: ignore[attr-defined]
    settings = replace(recipe.prompt_for(task), max_tokens=20).to_json()
    candidate = candidate_for("finetune_retrieval", notes(12), settings, context, model)
    row = next(i for i, text in enumerate(notes(12).inputs) if "rope" in text)
    pair = token_pairs(candidate, notes(12))[row]
    assert "Rope is sold by the yard." in model.format.decode(pair.prompt)
    (request,), _ = candidate.requests([notes(12).inputs[row]])
    assert "Rope is sold by the yard." in request.messages[-1].content


@pytest.mark.parametrize("rung", ["finetune", "finetune_retrieval", "bake"])
def test_a_rung_trains_answers_and_is_found_again(
    model: CausalModel, tmp_path: Path, rung: str
) -> None:
    context = writing_context(model, tmp_path / "work", quick_task())
    (tmp_path / "work").mkdir()
    train, dev = notes(24), notes(8, "d")
    choice = approach(rung).choose(train, dev, context)
    assert choice.settings["training"]["epochs"] in (1, 2)
    assert len(choice.dev_outputs) == len(dev)
    candidate = approach(rung).fit(train.join(dev), choice, context)
    before = candidate.answer(dev.inputs[:3])
    candidate.save(tmp_path / "kept")
    after = approach(rung).load(tmp_path / "kept", context).answer(dev.inputs[:3])
    assert after.outputs == before.outputs
    assert (tmp_path / "kept" / "model" / "model.safetensors").is_file()
    if rung == "bake":
        assert any("saved on every request" in note for note in choice.notes)
        assert before.tokens_in.mean() < 40


def test_a_sweep_tries_every_combination(model: CausalModel, tmp_path: Path) -> None:
    task = writing_task(training=QUICK | {"sweep": {"learning_rate": [0.01, 0.02]}})
    choice = approach("finetune").choose(
        notes(16), notes(6, "d"), writing_context(model, tmp_path, task)
    )
    assert [t.settings["learning_rate"] for t in choice.trials] == [0.01, 0.02]


def test_a_small_model_is_tried_twice_as_long_unless_somebody_says(
    model: CausalModel, tmp_path: Path
) -> None:
    rows = notes(16)

    def planned(**training: Any) -> tuple[int, ...]:
        context = writing_context(model, tmp_path, writing_task(training=training))
        return approach("finetune").epochs_planned(rows, context)  # type: ignore[attr-defined, no-any-return]

    once, twice = planned()
    assert twice == 2 * once
    assert planned(epochs=3) == (3,)
    assert planned(keep="best") == (once,)
    assert planned(sweep={"learning_rate": [0.01, 0.02]}) == (once, once)


def test_precision_and_sharing_are_those_of_the_task_file(
    model: CausalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, asked = notes(6), {}
    said = {"precision": "fp32", "sharing": "off"}
    context = writing_context(model, tmp_path, writing_task(training=said))
    pairs = bare_pairs(model, rows, context)
    settings = planned(pairs, None, context).settings[0]
    assert (settings.precision, settings.sharing) == ("fp32", "off")

    def listening(source: Any, pairs: Sequence[TokenPair], *more: Any, **named: Any) -> list[Said]:
        asked.update(named)
        return []

    monkeypatch.setattr(baking, "teach", listening)
    taught_by_the_prompt(rows.take([0]), pairs[:1], context, ["n0"])
    assert (asked["precision"], asked["sharing"]) == ("fp32", "off")
    default = planned(pairs, None, writing_context(model, tmp_path)).settings[0]
    assert (default.precision, default.sharing) == ("auto", "auto")


def test_a_length_is_doubled_while_answers_get_better() -> None:
    worth = {2: 0.5, 4: 0.6, 8: 0.7, 16: 0.7, 32: 0.9}
    seen: list[int] = []

    def attempt(settings: LmSettings) -> Any:
        seen.append(settings.epochs)
        return SimpleNamespace(settings=settings, value=worth[settings.epochs])

    base = LmSettings(epochs=2)
    tuning._try_all(Planned((base,), doubles=True), attempt)
    assert seen == [2, 4, 8, 16]
    seen.clear()
    tuning._try_all(Planned((base, replace(base, epochs=4))), attempt)
    assert seen == [2, 4]


@pytest.mark.parametrize(("alone", "kept"), [(0.2, 0.3), (0.6, 0.0), (0.5, 0.0)])
def test_dev_decides_whether_a_teacher_counts(alone: float, kept: float) -> None:
    def attempt(settings: LmSettings) -> Any:
        longer = 0.1 * (settings.epochs == 4)
        value = longer + (0.5 if settings.teacher_share else alone)
        return SimpleNamespace(settings=settings, value=value)

    taught = Planned((LmSettings(epochs=2, teacher_share=0.3),), doubles=True, untaught=True)
    assert taught.epochs == (2, 2, 4)
    tried = tuning._try_all(taught, attempt)
    best = tuning._best(tried)
    assert (best.settings.epochs, best.settings.teacher_share) == (4, kept)
    shares = [one.settings.teacher_share for one in tried]
    assert shares == [0.3, 0.0, kept, kept]  # longer ones go on with the better of the two
    (note,) = tuning._worth(tried, best)
    assert note.endswith("so it counts" if kept else "so it does not count")
    unknowing = Planned((LmSettings(epochs=2, teacher_share=0.0),), untaught=True)
    assert len(tuning._try_all(unknowing, attempt)) == 1


def test_a_language_model_classifies_by_scoring_the_labels(
    model: CausalModel, tmp_path: Path
) -> None:
    rows = notes(24)
    labels = ("even", "odd")
    rows = type(rows)(rows.ids, rows.inputs, tuple(labels[i % 2] for i in range(24)), rows.groups)
    task = Task.model_validate(
        {
            "task": "t",
            "kind": "classify",
            "data": {"examples": "a.csv"},
            "training": QUICK,
        }
    )
    context = writing_context(model, tmp_path, task, labels=labels)
    choice = approach("finetune").choose(rows.take(range(18)), rows.take(range(18, 24)), context)
    answers = approach("finetune").fit(rows, choice, context).answer(rows.inputs[:4])
    assert set(answers.outputs) <= set(labels)
    assert answers.probabilities_NL is not None
    assert answers.probabilities_NL.sum(axis=1) == pytest.approx([1.0] * 4, abs=1e-5)


def test_extraction_is_valid_json_even_from_a_model_that_knows_nothing(
    model: CausalModel, tmp_path: Path
) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"enum": ["Ada", "Bo"]}, "n": {"type": "boolean"}},
        "required": ["name", "n"],
        "additionalProperties": False,
    }
    task = quick_task(kind="extract", schema=schema, checks=[], bar={"metric": "field_f1"})
    rows = notes(10)
    rows = type(rows)(rows.ids, rows.inputs, ('{"name":"Ada","n":true}',) * 10, rows.groups)
    context = writing_context(model, tmp_path, task)
    choice = approach("prompt").choose(rows, rows, context)
    answers = approach("prompt").fit(rows, choice, context).answer(rows.inputs[:3])
    for text in answers.outputs:
        assert set(json.loads(text or "")) == {"name", "n"}


class Kept(dict[str, str]):
    """A memory that goes through JSON, as a store does, and counts what it can't recall."""

    missed = 0

    def recall(self, keys: Sequence[str]) -> dict[str, Any]:
        self.missed += sum(key not in self for key in keys)
        return {key: json.loads(self[key]) for key in keys if key in self}

    def keep(self, values: Mapping[str, Any]) -> None:
        self.update({key: json.dumps(value) for key, value in values.items()})


def bare_pairs(model: CausalModel, rows: Examples, context: FitContext) -> list[TokenPair]:
    candidate = candidate_for("bake", rows, Settings(BARE, 30).to_json(), context, model)
    return token_pairs(candidate, rows)


def test_a_teacher_is_asked_with_the_instructions_and_examples_about_all_others(
    model: CausalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TokenPair] = []

    def listening(source: Any, pairs: Sequence[TokenPair], *more: Any, **named: Any) -> list[Said]:
        asked[:] = pairs
        return teach(source, pairs, *more, **named)

    monkeypatch.setattr(baking, "teach", listening)
    rows = notes(12)
    rows = replace(rows, groups=np.where(np.arange(12) % 6 == 0, 0, np.arange(12)))
    context = writing_context(model, tmp_path, quick_task())
    found = taught_by_the_prompt(rows, bare_pairs(model, rows, context), context, ["n1", "n6"])
    assert found.shown == ("n1", "n6")
    texts = [model.format.decode(pair.prompt) for pair in asked]
    assert all("Say who wants what." in text for text in texts)
    for shown in (1, 6):
        assert all(rows.targets[shown] in text for text in texts)
    left = [i for i, pair in enumerate(found.pairs) if pair.teacher is None]
    assert left == [0, 1, 6]  # those in its prompt, and one of the same group
    assert [model.format.decode(pair.target) for pair in asked] == [
        target for i, target in enumerate(rows.targets) if i not in left
    ]
    said = teach(model, asked)
    tokens = sum(len(pair.target) for pair in asked)
    assert found.share == pytest.approx(0.5 * sum(s.known for s in said) / tokens, abs=6e-4)
    for pair, one in zip([found.pairs[i] for i in range(12) if i not in left], said, strict=True):
        assert pair.teacher is not None
        assert np.array_equal(pair.teacher.ids_TK, one.teacher.ids_TK)


def test_a_teacher_is_asked_once_for_choosing_and_for_the_fit(
    model: CausalModel, tmp_path: Path
) -> None:
    memory = Kept()
    context = writing_context(model, tmp_path, quick_task(), memory=memory)
    train, dev = notes(12), notes(4, "d")
    first = taught_by_the_prompt(train, bare_pairs(model, train, context), context, None)
    assert (len(first.shown), memory.missed) == (4, 8)
    both = train.join(replace(dev, groups=dev.groups + 12))
    taught_by_the_prompt(both, bare_pairs(model, both, context), context, first.shown)
    assert memory.missed == 8 + 4


def preferring(folder: Path, wanted: str = "auto") -> Task:
    rows = notes(40)
    lines = [
        {**json.loads(columns), "chosen": target, "rejected": f"{target} Thank you!"}
        for columns, target in zip(rows.columns, rows.targets, strict=True)
    ]
    (folder / "likes.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    return writing_task(
        training=QUICK | {"preference": wanted},
        data={"examples": "a.csv", "input": ["name", "thing"], "preferences": "likes.jsonl"},
    )


@pytest.mark.parametrize(("wanted", "kind"), [("auto", "DPO from 24"), ("kto", "KTO from 48")])
def test_preferences_are_tried_after_fine_tuning_without_those_that_are_scored(
    model: CausalModel, tmp_path: Path, wanted: str, kind: str
) -> None:
    pytest.importorskip("trl")
    train, scored = notes(40).take(range(24)), notes(40).take(range(24, 40))
    task = preferring(tmp_path, wanted)
    held = held_forms(scored.inputs, task.kind)
    context = writing_context(model, tmp_path, task, root=tmp_path, held=held)
    choice = approach("finetune").choose(train, scored.take(range(4)), context)
    assert any(note.startswith(kind) for note in choice.notes)
    assert "preference" in choice.trials[-1].settings


def test_preferences_that_helped_are_learned_from_again_in_the_end(
    model: CausalModel, tmp_path: Path
) -> None:
    pytest.importorskip("trl")
    task = preferring(tmp_path)
    context = writing_context(model, tmp_path, task, root=tmp_path)
    rows = notes(24)
    choice = approach("finetune").choose(rows, notes(4, "d"), context)
    settings = {"beta": 0.1, "learning_rate": 1e-3, "epochs": 1, "batch_size": 8}
    kept = replace(choice, settings=choice.settings | {"preference": settings})
    plain = replace(choice, settings=choice.settings | {"preference": None})
    with_them = approach("finetune").fit(rows, kept, replace(context, workdir=tmp_path / "a"))
    without = approach("finetune").fit(rows, plain, replace(context, workdir=tmp_path / "b"))
    weights = [load_file(one.folder / "model.safetensors") for one in (with_them, without)]
    assert any(not weights[0][name].equal(weights[1][name]) for name in weights[0])


def test_a_sweep_of_rates_as_yaml_reads_them_and_a_curve_that_stays(
    model: CausalModel, tmp_path: Path
) -> None:
    pytest.importorskip("tensorboard")
    training = QUICK | {"epochs": 1, "sweep": {"learning_rate": ["1e-2"]}, "track": ["tensorboard"]}
    (tmp_path / "work").mkdir()
    context = writing_context(
        model, tmp_path / "work", writing_task(training=training), root=tmp_path
    )
    choice = approach("finetune").choose(notes(10), notes(4, "d"), context)
    assert choice.trials[0].settings["learning_rate"] == 0.01
    assert curves(tmp_path, "finetune-try-*") == 1
    approach("finetune").fit(notes(14), choice, context)
    assert curves(tmp_path, "finetune-fit-14-*") == 1


def curves(root: Path, name: str) -> int:
    return len(list((root / "tracking").glob(f"{name}/tensorboard/events.out*")))


def test_another_metric_chooses_among_the_same_trainings_and_trains_none(
    model: CausalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[float] = []

    def train(source: Any, pairs: Any, kept: Any, settings: LmSettings, *rest: Any) -> LmResult:
        trained.append(settings.learning_rate)
        return LmResult(tmp_path / str(settings.learning_rate), (), None, 0.0, 0.0, ("a notice",))

    def said(self: trainings.Trainings, folder: Path) -> list[dict[str, Any]]:
        """The first training gives what is right but for its end, the second keeps the check."""
        right = [text.rstrip(".") for text in self.dev.targets]
        kept = [f"{text.split()[0]} wants nothing at all" for text in self.dev.targets]
        texts = right if folder.name == "0.01" else kept
        return [
            to_json(Completion(text if i else "x", None, "stop", 5, 5, 0.1))
            for i, text in enumerate(texts)
        ]

    monkeypatch.setattr(trainings, "train", train)
    monkeypatch.setattr(trainings.Trainings, "_said", said)
    memory = Kept()

    def chosen(metric: str, **more: Any) -> Any:
        task = quick_task(bar={"metric": metric}, **more)
        sweep = task.training.model_copy(update={"sweep": {"learning_rate": [0.01, 0.02]}})
        task = task.model_copy(update={"training": sweep})
        context = writing_context(model, tmp_path, task, memory=memory)
        return approach("finetune").choose(notes(8), notes(4, "d"), context)

    first = chosen("chrf")
    assert trained == [0.01, 0.02]
    assert first.settings["training"]["learning_rate"] == 0.01
    assert first.notes == ("a notice",)
    again = chosen("all_checks", checks=[{"type": "ends-with", "value": "at all"}])
    assert trained == [0.01, 0.02]
    assert again.settings["training"]["learning_rate"] == 0.02
    assert [trial.value for trial in again.trials] == [0.0, 0.75]
    memory.clear()
    fresh = chosen("all_checks", checks=[{"type": "ends-with", "value": "at all"}])
    assert fresh == again
    assert len(trained) == 4
    chosen("chrf", instructions="Say it otherwise.")
    assert len(trained) == 6
