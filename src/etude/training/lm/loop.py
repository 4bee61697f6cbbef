"""Training a language model on pairs of prompt and target, from the source to a folder.

A training killed at any moment goes on from its last checkpoint when it is called again with the
same arguments, to the same weights: bit for bit on a CPU. A finished one is found and returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from etude.errors import TrainingError
from etude.models._base import TunableCausal
from etude.progress import Progress, Silent
from etude.store import atomic
from etude.training._determinism import deterministic
from etude.training._give_back import give_back
from etude.training.lm import checkpoints as saved
from etude.training.lm import distributed, sharding
from etude.training.lm._parts import Parts, assemble
from etude.training.lm._running import Running
from etude.training.lm.checkpoints import Checkpoints
from etude.training.lm.checks import Usable, usable
from etude.training.lm.curve import describe
from etude.training.lm.distributed import World
from etude.training.lm.interrupts import held_back
from etude.training.lm.log import LOG_NAME, LogFile
from etude.training.lm.pairs import TokenPair
from etude.training.lm.result import MODEL, SUMMARY, LmResult, finished, summary, training_key
from etude.training.lm.saving import whole_weights, write_model
from etude.training.lm.settings import LmSettings
from etude.training.lm.trackers import started
from etude.training.lm.watching import Watch


def train(
    source: TunableCausal,
    train: Sequence[TokenPair],
    dev: Sequence[TokenPair],
    settings: LmSettings,
    workdir: Path,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> LmResult:
    """Train ``source`` on ``train``; ``dev`` chooses the weights that are kept.

    Started by ``torchrun`` or ``accelerate launch`` with several processes, each takes its share
    of every batch and all return the same result; ``workdir`` must be one that they share.

    Args:
        source: the model; it is not changed.
        train: what is learned.
        dev: examples kept aside; without any the last weights are kept.
        settings: see ``LmSettings``; ``default_settings`` chooses them.
        workdir: of this training alone: its checkpoints, its log, and the tuned ``model``.
        progress: where words go.
        watch: who follows a training in this one process.

    Raises:
        KeyboardInterrupt: Ctrl-C, or ``watch`` said so; the same call goes on from there.
        MissingDependency: a library of the method or of a tracker is not installed.
        TrainingError: pairs that can't be learned from, settings that can't be had, a loss that is
            not a number, or another training finished in ``workdir``.
    """
    world = distributed.world()
    shown = (progress or Silent()) if world.rank == 0 else Silent()
    devices = [world.device] if world.device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices):
            pairs = usable(source, train, dev)
            return _train(source, pairs, settings, workdir, shown, world, watch)
    finally:
        world.leave()
        give_back()


def _train(
    source: TunableCausal,
    pairs: Usable,
    settings: LmSettings,
    workdir: Path,
    progress: Progress,
    world: World,
    watch: Watch | None = None,
) -> LmResult:
    sharded = sharding.sharded(source, pairs.train, settings, world)
    key = training_key(source, pairs.train, pairs.dev, settings, world.size, sharded)
    done = finished(workdir, key)
    world.wait()
    part, count = (world.rank, world.size) if sharded else (0, 1)
    folder = workdir / "checkpoints"
    checkpoints = Checkpoints(folder, key, saved.EVERY_SECONDS, part, count)
    if done is not None:
        if world.rank == 0:
            checkpoints.clear()
        return done
    parts = assemble(source, pairs, settings, world, checkpoints, sharded)
    for notice in (*sharding.notices(settings, world, sharded), *parts.notices):
        progress.say(notice)
    running = _run(parts, workdir, progress, source, watch if world.size == 1 else None)
    state = running.state
    result = LmResult(
        folder=workdir / MODEL,
        log=tuple(state.rows),
        best_dev_loss=_kept_loss(running),
        seconds=state.seconds,
        tokens_per_second=state.tokens / state.seconds if state.seconds else 0.0,
        notices=(*sharding.notices(settings, world, sharded), *parts.notices, *_told(running)),
    )
    _finish(running, source, key, result)
    world.wait()
    return result


def _run(
    parts: Parts, workdir: Path, progress: Progress, source: TunableCausal, watch: Watch | None
) -> Running:
    """All steps, and the best weights in the module at the end."""

    def save(folder: Path) -> None:
        with atomic.folder(folder) as temp:
            write_model(parts.prepared, source, parts.settings, parts.notices, temp)

    with deterministic(parts.module, parts.world.device):
        running = Running(parts, watch, save)
        first = parts.world.rank == 0
        if running.state.step:
            progress.say(f"Going on after step {running.state.step} of {parts.plan.total}.")
        log = LogFile(workdir / LOG_NAME, running.state.rows) if first else None
        wanted = parts.settings.trackers if first else ()
        with (
            held_back(progress) as asked,
            started(wanted, workdir, parts.settings) as trackers,
            progress.step("fine-tuning", total=float(parts.plan.total), unit="steps") as shown,
        ):
            running.run(shown, asked, log, trackers)
    return running


def _kept_loss(running: Running) -> float | None:
    """The loss, on the examples kept aside, of the weights that stay."""
    state = running.state
    if running.parts.settings.keep == "best":
        return state.best_loss
    looks = [row.dev_loss for row in state.rows if row.dev_loss is not None]
    return looks[-1] if looks else None  # the last step is looked after


def _told(running: Running) -> tuple[str, ...]:
    state = running.state
    if running.parts.kept is None:
        return ("No examples were kept aside: the last weights are kept, unjudged.",)
    return describe(state.rows, state.stopped_early, running.parts.settings.keep)


def _finish(running: Running, source: TunableCausal, key: str, result: LmResult) -> None:
    """Put the best weights into the module and write the folder, whole or not at all.

    The first process writes; where weights are sharded all others give it theirs.
    """
    parts, best = running.parts, running.state.best
    first = parts.world.rank == 0
    if best is not None and (first or parts.sharded):
        values = parts.checkpoints.best(best)
        if values is None:
            raise TrainingError(
                "the best weights can't be read again",
                where=str(parts.checkpoints.folder / best),
                hint="remove this folder and train again",
            )
        parts.trained.take(values)
    weights = whole_weights(parts.prepared, first) if parts.sharded else None
    if not first:
        return
    with atomic.folder(result.folder) as temp:
        write_model(parts.prepared, source, parts.settings, result.notices, temp, weights)
        LogFile(temp / LOG_NAME, result.log)
        atomic.write_json(temp / SUMMARY, summary(key, replace(result, folder=temp)))
    parts.checkpoints.clear()
