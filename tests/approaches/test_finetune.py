"""The rung "fine-tuned" on a tiny encoder with random weights: real training, real files."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from etude.approaches import _encoder_tuning, _tuned, approach
from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.errors import StoreError
from etude.models._encoder import BertEncoder
from etude.training.classifier import Checkpoint
from tests._fakes import make_context
from tests.models._folders import write_bert
from tests.training._training import Shown

LABELS = ("card", "lost", "money")
WORDS = {"card": "card", "lost": "lost", "money": "money"}
RUNG = approach("finetune")


def rows_of(count: int, seed: int = 0, labels: tuple[str, ...] = LABELS) -> Examples:
    random = np.random.default_rng(seed)
    targets = [labels[i % len(labels)] for i in range(count)]
    inputs = [
        " ".join(random.permutation([WORDS[t], *random.choice(["my", "is", "where", "the"], 3)]))
        for t in targets
    ]
    return Examples(
        tuple(f"{seed}-{i}" for i in range(count)),
        tuple(inputs),
        tuple(targets),
        np.arange(count) + 10_000 * seed,
    )


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six epochs at one rate: the tiny encoder needs no more."""
    monkeypatch.setattr(_tuned, "LEAST_EXAMPLES_SEEN", 240)
    monkeypatch.setattr(_tuned, "MOST_EPOCHS", 6)
    monkeypatch.setattr(_tuned, "RATES_WHEN_SMALL", (2e-3,))


@pytest.fixture
def context(tmp_path: Path) -> FitContext:
    model = BertEncoder("tiny", write_bert(tmp_path / "model"), window=64)
    return make_context(model, tmp_path / "work", labels=LABELS, descriptions={})


def test_tokens_are_counted_before_texts_are_cut(context: FitContext) -> None:
    texts = ["my card", " ".join(["lost"] * 100), "money"]
    tokens = _tuned.token_lists(texts, context)
    assert [len(ids) for ids in tokens] == [4, 64, 3]
    assert _tuned.token_counts(texts, tokens, context).tolist() == [4, 102, 3]


def test_choose_fit_answer_save_load(context: FitContext, tmp_path: Path) -> None:
    train, dev, fresh = rows_of(48), rows_of(18, 1), rows_of(30, 2)
    choice = RUNG.choose(train, dev, context)
    assert json.loads(json.dumps(choice.settings)) == choice.settings
    assert len(choice.dev_outputs) == 18
    assert context.metric(dev, choice.dev_outputs) == choice.dev_value
    assert max(trial.value for trial in choice.trials) == choice.dev_value
    assert 1 <= choice.settings["epochs"] <= choice.settings["planned_epochs"]
    candidate = RUNG.fit(train.join(dev), choice, context)
    answers = candidate.answer(fresh.inputs)
    assert np.mean([a == t for a, t in zip(answers.outputs, fresh.targets, strict=True)]) > 0.9
    assert answers.tokens_in.tolist() == context.model.count_tokens(fresh.inputs).tolist()  # type: ignore[attr-defined]
    folder = tmp_path / "saved"
    candidate.save(folder)
    loaded = RUNG.load(folder, context).answer(fresh.inputs)
    assert loaded.outputs == answers.outputs
    np.testing.assert_array_equal(loaded.probabilities_NL, answers.probabilities_NL)
    assert {p.name for p in (folder / "encoder").iterdir()} >= {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    }
    assert not list(context.workdir.glob("*")), "checkpoints are removed when they have served"
    (folder / "encoder" / "model.safetensors").write_bytes(b"half")
    with pytest.raises(StoreError, match="fine-tuned weights"):
        RUNG.load(folder, context)


def test_one_text_or_many_the_answers_are_alike(context: FitContext) -> None:
    train, fresh = rows_of(24), rows_of(12, 2)
    candidate = RUNG.fit(train, RUNG.choose(train, rows_of(9, 1), context), context)
    together = candidate.answer(fresh.inputs)
    alone = [candidate.answer([text]).outputs[0] for text in fresh.inputs]
    assert list(together.outputs) == alone
    assert len(candidate.answer([])) == 0


def test_one_example_a_label_and_labels_without_any(context: FitContext) -> None:
    train = rows_of(2, labels=("card", "lost"))
    choice = RUNG.choose(train, rows_of(6, 1), context)
    answers = RUNG.fit(train, choice, context).answer(["", "my card is lost", "money"])
    assert answers.probabilities_NL is not None
    np.testing.assert_allclose(answers.probabilities_NL.sum(axis=1), 1, atol=1e-5)
    unknown = replace(
        choice, settings={**choice.settings, "head": {**choice.settings["head"], "meanings": False}}
    )
    plain = RUNG.fit(train, unknown, context).answer(["money"])
    assert plain.probabilities_NL is not None
    assert plain.probabilities_NL[0, 2] == 0


def test_interrupted_it_ends_in_the_same_weights(
    context: FitContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_encoder_tuning, "Checkpoint", partial(Checkpoint, every=0.0))
    train = rows_of(48)
    choice = RUNG.choose(train, rows_of(18, 1), context)
    fresh = rows_of(20, 2).inputs
    whole = RUNG.fit(train, choice, context).answer(fresh).probabilities_NL

    def stop() -> None:
        raise KeyboardInterrupt

    stopped: Any = Shown(5, stop)
    with pytest.raises(KeyboardInterrupt):
        RUNG.fit(train, choice, replace(context, progress=stopped))
    assert len(list(context.workdir.glob("training-*.safetensors"))) == 1
    rest: Any = Shown(-1, None)
    again = RUNG.fit(train, choice, replace(context, progress=rest))
    assert 0 < rest.seen < choice.settings["epochs"] * 3
    np.testing.assert_array_equal(again.answer(fresh).probabilities_NL, whole)


def test_the_seed_matters_and_only_it(context: FitContext) -> None:
    train, dev = rows_of(48), rows_of(18, 1)
    choice = RUNG.choose(train, dev, context)
    fresh = rows_of(9, 2).inputs
    runs = [
        RUNG.fit(train, choice, replace(context, seed=seed)).answer(fresh).probabilities_NL
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_where_bf16_answers_otherwise_it_trains_in_fp32(
    context: FitContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_encoder_tuning, "best_precision", lambda: "bf16")
    real = _tuned.FrozenClassifier.logits

    def blurred(self: Any, tokens: Any) -> Any:
        logits = real(self, tokens)
        return logits[:, ::-1] if self.precision == "bf16" else logits

    monkeypatch.setattr(_tuned.FrozenClassifier, "logits", blurred)
    choice = RUNG.choose(rows_of(48), rows_of(18, 1), context)
    assert choice.settings["precision"] == "fp32"
    assert "fp32" in choice.notes[0]
    assert not list(context.workdir.glob("*"))


def test_a_loose_head_is_held_firmly(context: FitContext, monkeypatch: pytest.MonkeyPatch) -> None:
    train, dev = rows_of(48), rows_of(18, 1)
    found = _encoder_tuning.PROBE.choose(train, dev, context)
    loose = replace(found, settings={**found.settings, "penalty": 0.001})
    monkeypatch.setattr(_encoder_tuning.PROBE, "choose", lambda *_: loose)
    head = RUNG.choose(train, dev, context).settings["head"]
    assert head == {**found.settings, "penalty": _encoder_tuning.FIRM}


@pytest.mark.parametrize(("epochs", "tried"), [(40, {2e-3}), (1, {2e-3, 1e-3})])
def test_a_second_rate_is_tried_where_the_first_did_not_learn(
    epochs: int, tried: set[float], context: FitContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_tuned, "LEAST_EPOCHS", epochs)
    monkeypatch.setattr(_tuned, "MOST_EPOCHS", epochs)
    monkeypatch.setattr(_tuned, "RATES_WHEN_SMALL", (2e-3, 1e-3))
    choice = RUNG.choose(rows_of(48), rows_of(18, 1), context)
    assert {trial.settings["learning_rate"] for trial in choice.trials} == tried


def test_few_rows_are_seen_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    by_rows = {rows: _tuned.plans(rows, "fp32") for rows in (10, 50, 400, 1000, 10_000)}
    assert [plans[0].epochs for plans in by_rows.values()] == [30, 30, 15, 6, 4]
    assert [plans[0].batch_size for plans in by_rows.values()] == [16, 16, 16, 16, 32]
    assert [len(plans) for plans in by_rows.values()] == [2, 2, 2, 2, 1]


def test_an_encoder_that_is_no_bert(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    from etude.models._auto import AutoEncoder
    from etude.models._files import read_config
    from tests.models._folders import WORDS as VOCABULARY
    from tests.models._folders import write_tokenizer

    torch.manual_seed(0)
    config = transformers.DistilBertConfig(
        vocab_size=len(VOCABULARY), dim=16, n_layers=1, n_heads=2, hidden_dim=32
    )
    folder = tmp_path / "distil"
    transformers.DistilBertModel(config).save_pretrained(folder)
    write_tokenizer(folder)
    model = AutoEncoder("distil", folder, read_config(folder), window=32, pooling="mean")
    context = make_context(model, tmp_path / "work", labels=LABELS, descriptions={})
    train, fresh = rows_of(24), rows_of(9, 2)
    candidate = RUNG.fit(train, RUNG.choose(train, rows_of(9, 1), context), context)
    answers = candidate.answer(fresh.inputs)
    candidate.save(tmp_path / "saved")
    loaded = RUNG.load(tmp_path / "saved", context).answer(fresh.inputs)
    np.testing.assert_allclose(loaded.probabilities_NL, answers.probabilities_NL, atol=1e-6)
