"""From the hyperparameters of a job to the settings of a training here, and back.

``auto`` is this project's own choice by the sizes of model and data
(``training.lm.settings.default_settings``); ``learning_rate_multiplier`` multiplies the rate that it
chooses. What was chosen goes back into the job, so that it can be asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from etude.errors import TrainingError
from etude.jobs.failing import HYPERPARAMETERS, JobFailed, told
from etude.records.tuning import Hyperparameters
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preference import (
    ADAPTER_RATE,
    FULL_RATE,
    SMALL,
    SMALL_RATE,
    PreferenceSettings,
)
from etude.training.lm.settings import LmSettings, default_settings


def supervised(
    wanted: Hyperparameters, parameters: int, pairs: Sequence[TokenPair], seed: int
) -> tuple[LmSettings, Hyperparameters]:
    """The settings of a training on answers, and the hyperparameters as they were chosen.

    The weights of the last step are kept: a job that is asked for three epochs gives three, and the
    models after earlier epochs can be called as well.

    Raises:
        JobFailed: a value that no training here can have.
    """
    given: dict[str, Any] = {"seed": seed, "keep": "last"}
    mean = float(np.mean([len(pair) for pair in pairs]))
    if wanted.n_epochs != "auto":
        given["epochs"] = wanted.n_epochs
    try:
        if wanted.batch_size != "auto":
            usual = default_settings(parameters, len(pairs), mean, given).batch_size
            at_once = _largest_part(int(wanted.batch_size), usual)
            given["batch_size"] = at_once
            given["accumulation"] = int(wanted.batch_size) // at_once
        settings = default_settings(parameters, len(pairs), mean, given)
        multiplier = _multiplier(wanted)
        settings = settings.changed({"learning_rate": settings.learning_rate * multiplier})
    except TrainingError as error:
        raise told(error, HYPERPARAMETERS, "method") from error
    chosen = Hyperparameters(
        n_epochs=settings.epochs,
        batch_size=settings.step_rows,
        learning_rate_multiplier=multiplier,
    )
    return settings, chosen


def preferring(
    wanted: Hyperparameters, parameters: int, adapter: bool, seed: int
) -> tuple[PreferenceSettings, Hyperparameters]:
    """The settings of a training on preferences, and the hyperparameters as they were chosen.

    Args:
        wanted: as they were asked for.
        parameters: of the model.
        adapter: an adapter is trained, not all weights.
        seed: of the job.

    Raises:
        JobFailed: a value that no training here can have.
    """
    usual = PreferenceSettings()
    whole = SMALL_RATE if parameters < SMALL else FULL_RATE
    multiplier = _multiplier(wanted)
    rate = (ADAPTER_RATE if adapter else whole) * multiplier
    if rate > 1:
        words = f"The learning rate would be {rate:g}; it must be at most 1."
        raise JobFailed(HYPERPARAMETERS, words, "method")
    chosen = Hyperparameters(
        n_epochs=usual.epochs if wanted.n_epochs == "auto" else wanted.n_epochs,
        batch_size=usual.batch_size if wanted.batch_size == "auto" else wanted.batch_size,
        learning_rate_multiplier=multiplier,
        beta=usual.beta if wanted.beta in (None, "auto") else wanted.beta,
    )
    settings = PreferenceSettings(
        beta=float(chosen.beta or usual.beta),
        learning_rate=rate,
        epochs=int(chosen.n_epochs),
        batch_size=int(chosen.batch_size),
        seed=seed,
    )
    return settings, chosen


def _multiplier(wanted: Hyperparameters) -> float:
    said = wanted.learning_rate_multiplier
    return 1.0 if said == "auto" else float(said)


def _largest_part(whole: int, most: int) -> int:
    """The largest divisor of ``whole`` up to ``most``."""
    return max(part for part in range(1, min(whole, most) + 1) if whole % part == 0)
