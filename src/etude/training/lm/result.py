"""What a training leaves, and how a finished one is found again: one file inside its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from etude.errors import TrainingError
from etude.models._base import TunableCausal
from etude.training.lm.log import LOG_NAME, LogRow, read_log
from etude.training.lm.pairs import TokenPair
from etude.training.lm.settings import LmSettings

MODEL = "model"
SUMMARY = "etude_training.json"
VERSION = 1
"""Raised when the same pairs and settings give other weights."""
_UNTOLD = ("trackers", "shard_weights")
"""Settings that change no weights."""


@dataclass(frozen=True)
class LmResult:
    """A finished training. ``folder`` is what ``TunableCausal.tuned`` opens.

    ``best_dev_loss`` is the mean per target token (nats) of the weights that stay: with ``keep:
    last`` not the lowest one; None without examples kept aside. ``seconds`` are of training, over
    all runs. ``notices`` are sentences for people: what was left out, what the curve says.
    """

    folder: Path
    log: tuple[LogRow, ...]
    best_dev_loss: float | None
    seconds: float
    tokens_per_second: float
    notices: tuple[str, ...]


def training_key(
    source: TunableCausal,
    train: Sequence[TokenPair],
    dev: Sequence[TokenPair],
    settings: LmSettings,
    processes: int,
    sharded: bool = False,
) -> str:
    """What a checkpoint must be of to be gone on from; a sharded one lies in parts."""
    digest = hashlib.sha256()
    told = {name: value for name, value in settings.as_dict().items() if name not in _UNTOLD}
    said = [VERSION, source.fingerprint, told, processes, torch.__version__, len(train)]
    said += ["sharded"] if sharded else []
    digest.update(json.dumps(said).encode())
    for pair in (*train, *dev):
        for array in _arrays(pair):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def summary(key: str, result: LmResult) -> dict[str, Any]:
    """What ``finished`` reads."""
    return {
        "schema": 1,
        "key": key,
        "best_dev_loss": result.best_dev_loss,
        "seconds": result.seconds,
        "tokens_per_second": result.tokens_per_second,
        "notices": list(result.notices),
    }


def finished(workdir: Path, key: str) -> LmResult | None:
    """The training that was finished in ``workdir``, or None where there is none.

    Raises:
        TrainingError: another training was finished there.
    """
    folder = workdir / MODEL
    if not folder.exists():
        return None
    try:
        said = json.loads((folder / SUMMARY).read_text("utf-8"))
        if said["key"] == key:
            return LmResult(
                folder,
                read_log(folder / LOG_NAME),
                said["best_dev_loss"],
                said["seconds"],
                said["tokens_per_second"],
                tuple(said["notices"]),
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"the folder holds no finished training of Etude: {error}",
            where=str(folder),
            hint="name another folder, or move this one away",
        ) from error
    raise TrainingError(
        "another training was finished in this folder (other examples, settings or model)",
        where=str(folder),
        hint="name another folder, or move this one away",
    )


def _arrays(pair: TokenPair) -> list[np.ndarray[Any, Any]]:
    arrays: list[np.ndarray[Any, Any]] = [pair.prompt, pair.target, np.asarray([pair.weight])]
    if pair.teacher is not None:
        arrays += [pair.teacher.ids_TK, pair.teacher.log_probabilities_TK]
    return arrays
