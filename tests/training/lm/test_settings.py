"""Defaults by size, errors that name the setting, sweeps, and learning rates."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import TrainingError
from etude.training.lm.schedule import FLOOR, rate_share
from etude.training.lm.settings import (
    LmSettings,
    default_settings,
    length_is_open,
    settings_from,
    sweep,
    twice_as_long,
)


def steps(chosen: LmSettings, rows: int) -> int:
    return chosen.epochs * -(-rows // chosen.step_rows)


def test_the_pilots_defaults_for_a_small_model() -> None:
    few, more = (default_settings(5_000_000, rows, 80, {}) for rows in (200, 1200))
    assert (few.method, few.learning_rate, few.epochs, few.batch_size) == ("full", 1e-3, 6, 16)
    assert more.epochs == 2
    assert round(more.warmup_share * steps(more, 1200)) == 20


def test_how_long_is_open_for_a_small_model_of_which_nobody_says() -> None:
    small, large = (default_settings(n, 200, 80, {}) for n in (5_000_000, 500_000_000))
    assert (small.epochs, large.epochs) == (6, 12)
    assert length_is_open(small, {})
    assert not length_is_open(large, {})
    assert not length_is_open(default_settings(5_000_000, 200, 80, {"epochs": 5}), {"epochs": 5})
    watched = default_settings(5_000_000, 200, 80, {"keep": "best"})
    assert watched.epochs == 12
    assert not length_is_open(watched, {"keep": "best"})


def test_twice_as_long_warms_up_in_as_many_steps_and_has_an_end() -> None:
    found = default_settings(5_000_000, 1200, 80, {})
    lengths = []
    while found is not None:
        lengths.append((found.epochs, round(found.warmup_share * steps(found, 1200))))
        found = twice_as_long(found)
    assert lengths == [(2, 20), (4, 20), (8, 20), (16, 20), (32, 20)]


def test_a_large_model_gets_an_adapter() -> None:
    chosen = default_settings(1_500_000_000, 500, 300, {})
    assert (chosen.method, chosen.rank, chosen.alpha) == ("lora", 16, 32.0)
    assert (chosen.learning_rate, chosen.dropout, chosen.rslora) == (2e-4, 0.0, False)
    assert chosen.gradient_checkpointing


def test_what_a_person_sets_is_kept_and_the_rest_fits_it() -> None:
    chosen = default_settings(1_500_000_000, 500, 300, {"method": "full", "batch_size": 2})
    assert chosen.learning_rate < 1e-4
    assert chosen.step_rows == 16


def test_long_examples_go_through_few_at_a_time_in_the_same_steps() -> None:
    chosen = default_settings(5_000_000, 200, 3000, {})
    assert (chosen.batch_size, chosen.accumulation) == (4, 4)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 10**11), st.integers(1, 10**6), st.floats(1, 1e5, allow_nan=False))
def test_defaults_are_always_settings(parameters: int, rows: int, tokens: float) -> None:
    chosen = default_settings(parameters, rows, tokens, {})
    assert settings_from(chosen.as_dict()) == chosen
    assert 1 <= chosen.epochs <= 15
    assert chosen.step_rows in (8, 16)
    assert steps(chosen, rows) <= 900 or chosen.epochs == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"learning_rat": 1}, "did you mean 'learning_rate'"),
        ({"learning_rate": 0}, "above 0"),
        ({"learning_rate": "fast"}, "a number"),
        ({"learning_rate": float("nan")}, "a number"),
        ({"epochs": 2.5}, "a whole number"),
        ({"epochs": True}, "a whole number"),
        ({"method": "LoRA"}, "full, lora, qlora"),
        ({"dora": 1}, "true or false"),
        ({"trackers": "tensorboard"}, "a list of mlflow, tensorboard, wandb"),
        ({"trackers": ["nothing"]}, "a list of mlflow, tensorboard, wandb"),
        ({"method": "full", "dora": True}, "no adapter"),
        ({"method": "full", "dropout": 0.1}, "no adapter"),
        ({"method": "full", "rank": 16}, "no adapter"),
        ({"alpha": 8}, "no adapter"),
        ({"learning_rate": "2e-4"}, "write learning_rate: 0.0002, without quotes"),
        ({"precision": "fp16"}, "write precision: bf16"),
        ({"dora": "maybe"}, "write dora with true or false, or leave it out"),
    ],
)
def test_a_wrong_setting_is_named(values: dict[str, Any], said: str) -> None:
    with pytest.raises(TrainingError) as caught:
        LmSettings().changed(values)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"training.{list(values)[-1]}")


def test_a_sweep_is_a_small_product() -> None:
    base = LmSettings(method="lora")
    swept = sweep(base, {"rank": [8, 16], "learning_rate": [1e-4, 2e-4, 4e-4]})
    assert [(one.rank, one.learning_rate) for one in swept][:2] == [(8, 1e-4), (8, 2e-4)]
    assert len(swept) == 6
    assert sweep(base, {}) == [base]


def test_an_adapters_size_is_refused_where_there_is_none_and_somebody_wrote_it() -> None:
    with pytest.raises(TrainingError, match="rank is set, but all weights are trained"):
        default_settings(5_000_000, 200, 80, {"rank": 8})
    small = default_settings(5_000_000, 200, 80, {})
    with pytest.raises(TrainingError, match="rank is set"):
        sweep(small, {"rank": [8, 16]})
    assert small.changed({"method": "lora", "rank": 8}).rank == 8
    stored = small.as_dict() | {"rank": 8}
    assert settings_from(stored).as_dict() == stored
    with pytest.raises(TrainingError, match="dora is set"):
        settings_from(stored | {"dora": True})


def test_a_large_sweep_and_one_of_no_list_are_refused() -> None:
    with pytest.raises(TrainingError, match="declares 16"):
        sweep(LmSettings(), {"epochs": [1, 2, 3, 4], "clip": [1, 2, 3, 4]})
    with pytest.raises(TrainingError, match="swept over 3"):
        sweep(LmSettings(), {"epochs": 3})  # type: ignore[dict-item]
    with pytest.raises(TrainingError, match="epochs is 0"):
        sweep(LmSettings(), {"epochs": [1, 0]})


@pytest.mark.parametrize("schedule", ["cosine", "wsd", "constant"])
def test_rates_rise_then_follow_their_schedule(schedule: Any) -> None:
    chosen = LmSettings(schedule=schedule, warmup_share=0.1)
    rates = [rate_share(step, 100, chosen) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == pytest.approx(1.0)
    assert all(0 < rate <= 1 for rate in rates)
    after = rates[10:]
    assert all(a >= b for a, b in itertools.pairwise(after))
    if schedule == "constant":
        assert min(after) == 1.0
    else:
        assert rates[-1] == pytest.approx(FLOOR, abs=0.05)
    if schedule == "wsd":
        assert rates[79] == 1.0
        assert rates[85] < 1.0


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 50), st.floats(0, 1), st.sampled_from(["cosine", "wsd", "constant"]))
def test_a_rate_is_never_nothing(total: int, warmup: float, schedule: Any) -> None:
    chosen = LmSettings(schedule=schedule, warmup_share=warmup)
    assert all(0 < rate_share(step, total, chosen) <= 1 for step in range(total))
