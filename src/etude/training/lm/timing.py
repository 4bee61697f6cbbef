"""How long a training will take, from a few of its steps on a model that is thrown away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import torch

from etude.models._base import TunableCausal
from etude.training._determinism import deterministic
from etude.training.lm._parts import Parts, assemble
from etude.training.lm._running import Running
from etude.training.lm.checkpoints import Checkpoints
from etude.training.lm.checks import Usable
from etude.training.lm.distributed import Alone
from etude.training.lm.interrupts import Asked
from etude.training.lm.settings import LmSettings

STEPS = 3
"""Timed, after one that warms up."""
LOOKED = 32
"""Examples kept aside in a timed look."""


def measure(source: TunableCausal, pairs: Usable, settings: LmSettings) -> float:
    """Seconds of the whole training on this machine, in one process."""
    world = Alone()
    few = replace(pairs, dev=pairs.dev[:LOOKED])
    devices = [world.device] if world.device.type == "cuda" else []
    with TemporaryDirectory() as folder, torch.random.fork_rng(devices):
        parts = assemble(source, few, settings, world, Checkpoints(Path(folder), "timing"))
        with deterministic(parts.module, world.device):
            running = Running(parts)
            for _ in range(min(STEPS + 1, parts.plan.total)):
                if running.state.step == 1:
                    running.state.seconds = 0.0
                running.learn(Asked())
            timed = max(running.state.step - 1, 1)
            steps = running.state.seconds / timed * parts.plan.total
            return steps + _looking(parts, len(pairs.dev))


def _looking(parts: Parts, dev: int) -> float:
    if parts.kept is None:
        return 0.0
    started = perf_counter()
    parts.kept.look(parts.module, parts.dtype)
    return (perf_counter() - started) * dev / min(dev, LOOKED) * parts.plan.look_count
