"""What is refused before a training starts, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from etude.errors import ModelError, TrainingError
from etude.training.lm import preflight as module
from etude.training.lm.checks import usable
from etude.training.lm.loop import train
from etude.training.lm.memory import Memory, Shape, batch_tokens, estimate, shape_of, shared_prefix
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preflight import fitting, preflight
from tests.training.lm._tiny import END, SETTINGS, TinySource, pairs

CPU = torch.device("cpu")
BIG = Shape(7_000_000_000, 32_000, 4096, 11_008, 32)


def test_all_masked_data_is_refused() -> None:
    masked = [replace(pair, target=pair.target[:0]) for pair in pairs(3)]
    with pytest.raises(TrainingError, match="3 of 3 examples have a target of no tokens"):
        preflight(TinySource(), masked, [], SETTINGS)


def test_weights_of_nothing_and_no_examples_are_refused() -> None:
    with pytest.raises(TrainingError, match="weights of all examples are 0"):
        usable(TinySource(), [replace(pair, weight=0.0) for pair in pairs(3)], [])
    with pytest.raises(TrainingError, match="no examples"):
        usable(TinySource(), [], [])


def test_a_target_that_does_not_end_its_turn_is_refused_by_row() -> None:
    made = pairs(4)
    made[2] = replace(made[2], target=made[2].target[:-1])
    with pytest.raises(TrainingError, match=r"would not know when to stop \(row 3\)"):
        usable(TinySource(), made, [])
    with pytest.raises(TrainingError) as caught:
        usable(TinySource(), pairs(4), made)
    assert caught.value.where == "dev"


def test_settings_are_made_to_fit_by_the_mildest_change(monkeypatch: pytest.MonkeyPatch) -> None:
    source, train = TinySource(), pairs(64)
    assert fitting(source, train, SETTINGS) == (SETTINGS, "")
    whole = preflight(source, train, [], SETTINGS).memory.total
    monkeypatch.setattr(module, "available", lambda device: whole - 1)
    fit, words = fitting(source, train, SETTINGS)
    assert (fit.step_rows, fit.batch_size) == (SETTINGS.step_rows, SETTINGS.batch_size // 2)
    assert words == "batch_size: 4, accumulation: 2"
    monkeypatch.setattr(module, "available", lambda device: 1)
    assert fitting(source, train, SETTINGS) == (SETTINGS, "")


def test_training_itself_refuses_too(tmp_path: Path) -> None:
    masked = [replace(pair, target=pair.target[:0]) for pair in pairs(3)]
    with pytest.raises(TrainingError, match="no tokens"):
        train(TinySource(), masked, [], SETTINGS, tmp_path)
    assert not list(tmp_path.iterdir())


def long_pair() -> TokenPair:
    return TokenPair(np.full(300, 97, np.int32), np.array([98, END], np.int32))


def test_a_few_too_long_are_left_out_and_counted() -> None:
    left = usable(TinySource(), [*pairs(39), long_pair()], [])
    assert len(left.train) == 39
    assert left.notices == (
        "1 of 40 examples of train are longer than the model's window of 256 tokens "
        "(the longest has 302) and were left out.",
    )


def test_more_than_a_few_too_long_are_refused() -> None:
    with pytest.raises(TrainingError, match="2 of 20 examples are longer") as caught:
        usable(TinySource(), [*pairs(18), long_pair(), long_pair()], [])
    assert "row 19, 20" in str(caught.value)
    assert "shorten" in str(caught.value)


def test_samples_show_what_is_learned_and_what_is_not() -> None:
    found = preflight(TinySource(), pairs(9), [], SETTINGS)
    sample = found.samples[0]
    assert sample.prompt.startswith("Say the word.")
    assert sample.target in {"RED", "GREEN", "BLUE", "BLACK", "WHITE"}
    drawn = sample.drawn(colour=False)
    assert drawn.startswith("[not learned: Say the word.")
    assert f"\n{sample.target} (end of turn)\n" in drawn
    assert "\x1b[2m" in sample.drawn(colour=True)
    assert found.target_tokens == sum(len(pair.target) for pair in pairs(9))


def test_another_template_for_training_is_refused() -> None:
    class Other(TinySource):
        pass

    source = Other()

    def verify() -> None:
        raise ModelError("another template")

    source.format.verify = verify  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match="another template"):
        preflight(source, pairs(4), [], SETTINGS)


def test_a_token_across_prompt_and_target_is_refused() -> None:
    made = pairs(2)
    word = "é".encode()
    made[0] = TokenPair(
        np.append(made[0].prompt, word[0]).astype(np.int32),
        np.array([word[1], END], np.int32),
    )
    with pytest.raises(TrainingError, match="another text than each by itself"):
        preflight(TinySource(), made, [], SETTINGS)


def test_a_small_model_fits_and_its_time_is_measured() -> None:
    found = preflight(TinySource(), pairs(40), pairs(8, 1), SETTINGS, timed=True)
    assert found.fits
    assert found.advice == ()
    assert found.seconds is not None
    assert 0.01 < found.seconds < 300
    assert preflight(TinySource(), pairs(8), [], SETTINGS).seconds is None


def test_what_does_not_fit_is_told_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = preflight(TinySource(), pairs(40), [], SETTINGS).memory
    free = needed.total - 1000
    monkeypatch.setattr(module, "available", lambda device: free)
    found = preflight(TinySource(), pairs(40), [], SETTINGS)
    assert not found.fits
    assert "batch_size: 4, accumulation: 2" in found.advice[0]


def test_weights_that_can_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shape_of", lambda source: BIG)
    monkeypatch.setattr(module, "available", lambda device: 64 * 10**9)
    with pytest.raises(TrainingError, match="7,000 M parameters") as caught:
        preflight(TinySource(), pairs(8), [], SETTINGS)
    assert "method: lora" in str(caught.value)


def memory(device: torch.device = CPU, **changes: Any) -> Memory:
    settings = replace(SETTINGS, **changes)
    return estimate(BIG, pairs(40), settings, torch.bfloat16, device)


def test_estimates_move_the_right_way() -> None:
    assert memory(batch_size=4).activations < memory(batch_size=8).activations
    assert memory(gradient_checkpointing=True).activations < 0.2 * memory().activations
    assert memory(method="lora").total < 0.4 * memory().total
    gpu = torch.device("cuda")
    assert memory(gpu, method="qlora").total < 0.6 * memory(gpu, method="lora").total
    # On a CPU the weights are loaded whole before they shrink.
    assert memory(method="qlora").total == memory(method="lora").total
    assert memory(sharing="auto").activations < memory(sharing="off").activations


def test_shared_out_each_process_needs_less_but_its_layers_at_hand() -> None:
    gpu = torch.device("cuda")

    def each(processes: int, sharded: bool, **changes: Any) -> Memory:
        settings = replace(SETTINGS, **changes)
        return estimate(
            BIG, pairs(40), settings, torch.bfloat16, gpu, processes=processes, sharded=sharded
        )

    one, whole, parts = each(1, False), each(8, False), each(8, True)
    assert one.fixed == whole.fixed
    assert one.activations > 3 * whole.activations
    assert parts.gathered > 0
    assert parts.optimizer == one.optimizer // 8
    assert one.fixed > 100 * 10**9 > 5 * parts.fixed
    assert each(8, True, method="lora").fixed < 0.3 * each(8, False, method="lora").fixed


def test_a_launched_training_is_judged_by_what_each_process_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "shape_of", lambda source: BIG)
    monkeypatch.setattr(module, "available", lambda device: 64 * 10**9)
    settings = replace(SETTINGS, shard_weights="on")
    found = preflight(TinySource(), pairs(8), [], settings, timed=True, processes=8)
    assert (found.fits, found.sharded, found.processes, found.seconds) == (True, True, 8, None)
    with pytest.raises(TrainingError, match="7,000 M parameters"):
        preflight(TinySource(), pairs(8), [], SETTINGS, processes=8)  # a CPU does not by itself
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert preflight(TinySource(), pairs(8), [], settings).sharded


def test_other_gpus_of_the_machine_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shape_of", lambda source: BIG)
    monkeypatch.setattr(module, "available", lambda device: 64 * 10**9)
    monkeypatch.setattr(module, "best_device", lambda: torch.device("cuda"))
    monkeypatch.setattr(module, "compute_dtype", lambda precision, device: torch.bfloat16)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    with pytest.raises(TrainingError) as caught:
        preflight(TinySource(), pairs(8), [], SETTINGS)
    assert "share out the weights and the examples over 4 GPUs" in str(caught.value)
    assert "torchrun --nproc-per-node 4" in str(caught.value)


def test_sizes_come_from_the_config_or_are_guessed() -> None:
    shape = shape_of(TinySource())
    assert (shape.hidden, shape.inner, shape.layers, shape.vocabulary) == (32, 64, 2, 264)
    source = TinySource()
    source.config = None
    source.parameters = 1_000_000_000
    guessed = shape_of(source)
    assert 1000 < guessed.hidden < 3000
    assert 15 < guessed.layers < 50


def test_a_shared_beginning_is_counted_once() -> None:
    made = pairs(10)
    shared = shared_prefix(made)
    assert shared == len("Say the word.") + 3
    together, _ = batch_tokens(made, SETTINGS)
    apart, _ = batch_tokens(made, replace(SETTINGS, sharing="off"))
    assert apart - together == shared * (SETTINGS.batch_size - 1)
