"""The training that tests do in their own process, and in those that they kill or launch."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from etude.training import _checkpoint
from etude.training.lm import checkpoints, loop
from etude.training.lm.result import LmResult
from etude.training.lm.settings import LmSettings
from tests.training.lm._tiny import SETTINGS, Shown, TinySource, pairs

KILLED = replace(SETTINGS, epochs=4, frozen_layers=1)
METHODS = {
    "full": KILLED,
    "lora": replace(KILLED, method="lora", dropout=0.1, rank=4),
}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    """What a tuned folder holds."""
    (file,) = folder.glob("*.safetensors")
    return load_file(file)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def run_tiny(
    workdir: Path,
    settings: LmSettings = SETTINGS,
    shown: Any = None,
    every: float = 0.0,
    count: int = 40,
) -> LmResult:
    """From the start or the last checkpoint, with a checkpoint at each step."""
    checkpoints.EVERY_SECONDS = every
    return loop.train(TinySource(), pairs(count), pairs(12, 1), settings, workdir, shown)


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(workdir: str, method: str, when: str, at: str) -> None:
    """The process that is killed: after a step, or while a file of a checkpoint is half written."""
    torch.set_num_threads(1)
    if when == "writing":
        left = [int(at)]
        to_disk = _checkpoint._to_disk

        def half_way(path: Path) -> None:
            left[0] -= 1
            if left[0] == 0:
                kill_me()
            to_disk(path)

        _checkpoint._to_disk = half_way
        run_tiny(Path(workdir), METHODS[method])
    run_tiny(Path(workdir), METHODS[method], Shown(int(at), kill_me))
