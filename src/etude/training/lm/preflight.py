"""Before a training starts: whether it will fit, how long it takes, and what exactly is learned.

It refuses what would be learned wrong (``checks``, ``samples``) and what can't fit, and says what
to change. Everything but the time comes from sizes and ids alone; the model is loaded for the time
only, which is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from etude.errors import TrainingError
from etude.models._base import TunableCausal
from etude.models._fast import best_device
from etude.training.lm.checks import usable
from etude.training.lm.memory import Memory, Shape, available, each_needs, shape_of
from etude.training.lm.pairs import TokenPair
from etude.training.lm.precision import compute_dtype
from etude.training.lm.samples import Sample, same_template, samples
from etude.training.lm.settings import LmSettings
from etude.training.lm.sharding import asked
from etude.training.lm.timing import measure

GB = 10**9
SAMPLES = 3


@dataclass(frozen=True)
class Preflight:
    """What is known before a training.

    ``memory`` and ``free`` are bytes, the first an estimate; where there are several processes, of
    each. ``seconds`` is the whole training's time, None where it was not measured. ``advice`` says
    what to change, nothing where all fits; ``notices`` what was left out.
    """

    train: int
    dev: int
    target_tokens: int
    memory: Memory
    free: int
    seconds: float | None
    samples: tuple[Sample, ...]
    advice: tuple[str, ...]
    notices: tuple[str, ...]
    processes: int = 1
    sharded: bool = False
    """Each process holds a part of the weights."""

    @property
    def fits(self) -> bool:
        """True where the estimate is below what is free."""
        return self.memory.total <= self.free


def preflight(
    source: TunableCausal,
    train: Sequence[TokenPair],
    dev: Sequence[TokenPair],
    settings: LmSettings,
    *,
    timed: bool = False,
    processes: int | None = None,
) -> Preflight:
    """Look before a training starts.

    Args:
        source: the model.
        train: what would be learned.
        dev: examples kept aside.
        settings: of the training.
        timed: load the model and run a few steps, for the time; not where weights are sharded.
        processes: that will train; None takes the launcher's number, or one. ``memory`` is what
            each of them needs.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    pairs = usable(source, train, dev)
    same_template(source, pairs.train)
    device = best_device()
    dtype = compute_dtype(settings.precision, device)
    shape, free = shape_of(source), available(device)
    count = processes or int(os.environ.get("WORLD_SIZE", "1"))

    def needed(changed: LmSettings, among: int = count) -> tuple[Memory, bool]:
        wanted, train = asked(changed), pairs.train
        return each_needs(
            shape, train, changed, dtype, device, processes=among, wanted=wanted, free=free
        )

    memory, sharded = needed(settings)
    advice: tuple[str, ...] = ()
    if memory.total > free:
        said = _advise(settings, lambda changed: needed(changed)[0], memory, free)
        others = max(1, torch.cuda.device_count()) if count == 1 else 1
        advice = (said + _launch(needed(settings, others), others, free),)
        if memory.fixed > free:
            raise _too_big(shape, memory, free, advice[0])
    return Preflight(
        train=len(pairs.train),
        dev=len(pairs.dev),
        target_tokens=sum(len(pair.target) for pair in pairs.train),
        memory=memory,
        free=free,
        seconds=measure(source, pairs, settings) if timed and not sharded else None,
        samples=samples(source.format, pairs.train, SAMPLES),
        advice=advice,
        notices=pairs.notices,
        processes=count,
        sharded=sharded,
    )


def fitting(
    source: TunableCausal, train: Sequence[TokenPair], settings: LmSettings
) -> tuple[LmSettings, str]:
    """For whom nobody is there to ask: the settings, or the mildest change of them that fits one
    process of this machine, with the change in words ("" where there is none, or none fits)."""
    device = best_device()
    dtype = compute_dtype(settings.precision, device)
    shape, free = shape_of(source), available(device)

    def fits(changed: LmSettings) -> bool:
        needed, _ = each_needs(
            shape, train, changed, dtype, device, processes=1, wanted=False, free=free
        )
        return needed.total <= free

    if fits(settings):
        return settings, ""
    for changed, words in _milder(settings):
        if fits(changed):
            return changed, words
    return settings, ""


def _advise(
    settings: LmSettings, needed: Callable[[LmSettings], Memory], memory: Memory, free: int
) -> str:
    """The mildest change that fits, in words."""
    said = f"about {_gb(memory.total)} are needed and {_gb(free)} are free"
    for changed, words in _milder(settings):
        if needed(changed).total <= free:
            return f"{said}: set {words} (about {_gb(needed(changed).total)})"
    return f"{said}: take a smaller model, or a machine with more memory"


def _launch(together: tuple[Memory, bool], gpus: int, free: int) -> str:
    """Words on all GPUs of the machine, where the training shared out over them fits."""
    memory, sharded = together
    if gpus < 2 or memory.total > free:
        return ""
    what = "the weights and the examples" if sharded else "the examples"
    return (
        f"; or share out {what} over {gpus} GPUs (about {_gb(memory.total)} each): "
        f"torchrun --nproc-per-node {gpus} -m etude.training.lm.worker job.json"
    )


def _milder(settings: LmSettings) -> Iterator[tuple[LmSettings, str]]:
    """Changes by what they cost: nothing (the steps stay the same), time, then what is learned."""
    batch = settings.batch_size
    while batch % 2 == 0:
        batch //= 2
        smaller = replace(settings, batch_size=batch, accumulation=settings.step_rows // batch)
        yield smaller, f"batch_size: {batch}, accumulation: {smaller.accumulation}"
    thrifty = replace(
        settings, gradient_checkpointing=True, batch_size=1, accumulation=settings.step_rows
    )
    words = f"batch_size: 1, accumulation: {settings.step_rows}, gradient_checkpointing: true"
    yield thrifty, words
    if settings.method == "full":
        yield replace(thrifty, method="lora"), f"method: lora, {words}"


def _too_big(shape: Shape, memory: Memory, free: int, advice: str) -> TrainingError:
    return TrainingError(
        f"weights, gradients and optimizer of {shape.parameters / 1e6:,.0f} M parameters take "
        f"about {_gb(memory.fixed)}; {_gb(free)} are free",
        where="training",
        hint=advice,
    )


def _gb(count: int) -> str:
    return f"{count / GB:.1f} GB"
