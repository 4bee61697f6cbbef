"""The training of a language model: what it equals, what it keeps, and when it stops."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from etude.errors import TrainingError
from etude.training.lm.loop import train
from etude.training.lm.result import LmResult
from etude.training.lm.settings import settings_from
from tests.training.lm._run import run_tiny, same, weights
from tests.training.lm._tiny import SETTINGS, Shown, TinySource, pairs


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(folder: Path, **changes: object) -> LmResult:
    return run_tiny(folder, replace(SETTINGS, **changes), every=60)


def furthest(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> float:
    return max(float((a[name] - b[name]).abs().max()) for name in a)


def test_it_learns_and_leaves_a_folder_that_opens(tmp_path: Path) -> None:
    result = trained(tmp_path, epochs=6)
    first, last = result.log[0].dev_loss, result.log[-1].dev_loss
    assert first is not None
    assert last is not None
    assert last < 0.7 * first
    assert result.best_dev_loss == pytest.approx(min(r.dev_loss for r in result.log if r.dev_loss))
    module = TinySource().tuned(result.folder).load_module()
    assert module.generation_config.eos_token_id == [256]
    names = {path.name for path in result.folder.iterdir()}
    assert names >= {"config.json", "generation_config.json", "model.safetensors", "README.md"}
    assert names >= {"tokenizer.json", "chat_template.jinja", "training_log.jsonl"}
    assert not (tmp_path / "checkpoints").exists()


def test_a_batch_of_eight_is_eight_batches_of_one(tmp_path: Path) -> None:
    whole = trained(tmp_path / "8", batch_size=8)
    parts = trained(tmp_path / "1", batch_size=1, accumulation=8)
    odd = trained(tmp_path / "3", batch_size=4, accumulation=2)
    for other in (parts, odd):
        assert [r.step for r in other.log] == [r.step for r in whole.log]
        for ours, theirs in zip(whole.log[1:], other.log[1:], strict=True):
            assert ours.loss == pytest.approx(theirs.loss, rel=1e-5)
        assert furthest(weights(whole.folder), weights(other.folder)) < 1e-4


def test_a_loss_is_divided_by_tokens_of_the_whole_step_not_batch_by_batch(tmp_path: Path) -> None:
    """One example of many target tokens and seven of few: means of means would differ."""
    made = pairs(8)
    long = replace(made[0], target=torch.cat([torch.arange(97, 117), torch.tensor([256])]).numpy())
    made = [long, *made[1:]]
    losses = []
    for batch, accumulation in ((8, 1), (1, 8)):
        settings = replace(SETTINGS, batch_size=batch, accumulation=accumulation, epochs=1)
        result = train(TinySource(), made, [], settings, tmp_path / str(batch))
        losses.append(result.log[-1].loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_weights_of_examples_count(tmp_path: Path) -> None:
    """An example of weight 2 moves the weights as the same example twice does."""
    made = pairs(4)
    twice = [*made, made[0]]
    heavy = [replace(made[0], weight=2.0), *made[1:]]
    settings = replace(SETTINGS, batch_size=8, epochs=1)
    a = train(TinySource(), twice, [], settings, tmp_path / "a")
    b = train(TinySource(), heavy, [], settings, tmp_path / "b")
    assert furthest(weights(a.folder), weights(b.folder)) < 5e-5


def test_the_same_training_gives_the_same_bits_and_another_seed_others(tmp_path: Path) -> None:
    a, b = trained(tmp_path / "a"), trained(tmp_path / "b")
    c = trained(tmp_path / "c", seed=1)
    assert same(weights(a.folder), weights(b.folder))
    assert not same(weights(a.folder), weights(c.folder))


def test_the_callers_random_numbers_are_left_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    trained(tmp_path, epochs=1)
    assert torch.equal(torch.rand(3), wanted)


def test_the_best_weights_are_kept_and_overfitting_is_said(tmp_path: Path) -> None:
    source, shown = TinySource(), Shown()
    settings = replace(SETTINGS, epochs=40, patience=3, learning_rate=2e-2)
    noise, kept = pairs(16, noise=True), pairs(16, 1, noise=True)
    result = train(source, noise, kept, settings, tmp_path, shown)
    looked = [row for row in result.log if row.dev_loss is not None]
    best = min(looked, key=lambda row: row.dev_loss or 0.0)
    assert best.step < looked[-1].step
    assert result.best_dev_loss == best.dev_loss
    assert looked[-1].epoch < 40  # stopped early
    assert "rises" in result.notices[0]
    assert f"epoch {best.epoch:g}" in result.notices[0]
    assert "stopped early" in result.notices[1]
    # The folder's weights are those of the best look: a training of so many steps ends there.
    again = train(
        source.tuned(result.folder), noise, kept, replace(settings, epochs=1), tmp_path / "b"
    )
    assert again.log[0].dev_loss == pytest.approx(best.dev_loss, rel=1e-5)


def test_where_the_last_weights_stay_the_loss_is_theirs(tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=12, keep="last", learning_rate=2e-2)
    noise, kept = pairs(16, noise=True), pairs(16, 1, noise=True)
    result = train(TinySource(), noise, kept, settings, tmp_path)
    looked = [row.dev_loss for row in result.log if row.dev_loss is not None]
    assert result.best_dev_loss == looked[-1] > min(looked)


def test_without_examples_kept_aside_the_last_weights_are_kept(tmp_path: Path) -> None:
    result = train(TinySource(), pairs(16), [], SETTINGS, tmp_path)
    assert result.best_dev_loss is None
    assert "unjudged" in result.notices[0]


def test_a_finished_training_is_found_and_another_is_not_overwritten(tmp_path: Path) -> None:
    first = trained(tmp_path)
    before = (first.folder / "model.safetensors").stat().st_mtime_ns
    assert trained(tmp_path) == first
    assert (first.folder / "model.safetensors").stat().st_mtime_ns == before
    with pytest.raises(TrainingError, match="another training") as caught:
        trained(tmp_path, seed=3)
    assert "another folder" in str(caught.value)


def test_the_log_can_be_followed_and_is_kept(tmp_path: Path) -> None:
    result = trained(tmp_path)
    live = (tmp_path / "training_log.jsonl").read_text("utf-8")
    assert (result.folder / "training_log.jsonl").read_text("utf-8") == live
    rows = [json.loads(line) for line in live.splitlines()]
    assert rows[0]["step"] == 0
    assert [row["step"] for row in rows][-1] == 15
    assert set(rows[-1]) == {
        "step",
        "epoch",
        "loss",
        "dev_loss",
        "learning_rate",
        "tokens_per_second",
        "seconds",
        "accuracy",
        "dev_accuracy",
    }
    assert rows[-1]["learning_rate"] == pytest.approx(3e-3 * 0.05)


def test_progress_says_speed_and_loss(tmp_path: Path) -> None:
    shown = Shown()
    run_tiny(tmp_path, SETTINGS, shown, every=60)
    assert "tokens/s" in shown.notes[-1]
    assert "kept aside" in shown.notes[-1]


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C as at a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("method", ["full", "lora"])
def test_ctrl_c_saves_first_and_the_same_call_goes_on(tmp_path: Path, method: str) -> None:
    settings = replace(SETTINGS, method=method)
    whole = run_tiny(tmp_path / "whole", settings, every=60)
    shown = Shown(6, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run_tiny(tmp_path / "parts", settings, shown, every=3600)
    assert "Stopping after this step" in shown.said[-1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    again = Shown()
    resumed = run_tiny(tmp_path / "parts", settings, again, every=3600)
    assert again.said[0] == "Going on after step 7 of 15."
    assert same(weights(resumed.folder), weights(whole.folder))


def test_a_loss_that_is_no_number_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    class Broken(TinySource):
        def load_module(self) -> torch.nn.Module:
            module = super().load_module()
            with torch.no_grad():
                module.get_input_embeddings().weight.fill_(float("nan"))
            return module

    with pytest.raises(TrainingError, match="became nan") as caught:
        train(Broken(), pairs(8), [], SETTINGS, tmp_path)
    assert "learning_rate" in str(caught.value)
    assert not (tmp_path / "model").exists()


def test_bf16_learns_and_the_weights_stay_float32(tmp_path: Path) -> None:
    result = trained(tmp_path, precision="bf16", epochs=6)
    assert result.best_dev_loss is not None
    assert result.best_dev_loss < 0.7 * (result.log[0].dev_loss or 0)
    stored = load_file(result.folder / "model.safetensors")
    assert {value.dtype for value in stored.values()} == {torch.float32}


def test_an_adapter_learns_over_frozen_weights_in_bf16(tmp_path: Path) -> None:
    result = trained(tmp_path, method="lora", precision="bf16", epochs=6, learning_rate=2e-2)
    assert result.best_dev_loss is not None
    assert result.best_dev_loss < 0.97 * (result.log[0].dev_loss or 0)
    stored = load_file(result.folder / "adapter_model.safetensors")
    assert {value.dtype for value in stored.values()} == {torch.float32}


def test_gradient_checkpointing_changes_memory_not_weights(tmp_path: Path) -> None:
    plain = trained(tmp_path / "a", epochs=1)
    thrifty = trained(tmp_path / "b", epochs=1, gradient_checkpointing=True)
    assert furthest(weights(plain.folder), weights(thrifty.folder)) < 1e-5


def test_a_fully_weightless_step_moves_nothing(tmp_path: Path) -> None:
    made = [replace(pair, weight=0.0) for pair in pairs(8)] + pairs(8, 1)
    settings = replace(SETTINGS, batch_size=1, epochs=1)
    result = train(TinySource(), made, [], settings, tmp_path)
    assert sum(row.loss is None for row in result.log) == 1 + 8


def test_settings_are_json_and_come_back(tmp_path: Path) -> None:
    said = json.loads(json.dumps(SETTINGS.as_dict()))
    assert settings_from(said) == SETTINGS
