"""Whether a training in several processes shares its weights out, or each process holds them all.

It reads the setting, what the launcher asks for, and sizes; how it is done is ``_sharded``'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from etude.errors import TrainingError
from etude.models._base import TunableCausal
from etude.training.lm.distributed import World
from etude.training.lm.memory import available, each_needs, shape_of
from etude.training.lm.pairs import TokenPair
from etude.training.lm.precision import compute_dtype
from etude.training.lm.settings import LmSettings

FSDP = "ACCELERATE_USE_FSDP"
DEEPSPEED = "ACCELERATE_USE_DEEPSPEED"
OFFLOAD = "FSDP_OFFLOAD_PARAMS"
FOLLOWED = (
    "Weights are shared out a layer at a time, as this training does it; of accelerate's FSDP "
    "settings only that they are shared out is followed."
)
ALONE = "shard_weights is on, but there is one process: it holds all weights."


def asked(settings: LmSettings, environment: Mapping[str, str] = os.environ) -> bool | None:
    """Whether sharding is asked for, by the setting or by the launcher; None: by what fits.

    Raises:
        TrainingError: setting and launcher differ, or this is asked for and can't be had.
    """
    if _set(environment, DEEPSPEED):
        raise TrainingError(
            "accelerate is set up for DeepSpeed, which this training does not use",
            where=DEEPSPEED,
            hint="launch with --use_fsdp in its place, or with torchrun and shard_weights: on",
        )
    launcher = _set(environment, FSDP)
    if launcher and _set(environment, OFFLOAD):
        raise TrainingError(
            "accelerate is set up to keep weights in the machine's memory, which is not done here",
            where=OFFLOAD,
            hint="launch with --fsdp_offload_params false; method: lora needs far less memory",
        )
    if launcher and settings.shard_weights == "off":
        raise TrainingError(
            "accelerate is set up to share out the weights, and the training says not to",
            where="training.shard_weights",
            hint="launch without --use_fsdp, or set shard_weights: on",
        )
    wanted = launcher or settings.shard_weights == "on"
    if wanted and settings.method == "qlora":
        raise TrainingError(
            "weights in 4 bits are not shared out over processes",
            where="training.method",
            hint="set method: lora, whose frozen weights are shared out, or shard_weights: off",
        )
    if wanted:
        return True
    return False if settings.shard_weights == "off" or settings.method == "qlora" else None


def sharded(
    source: TunableCausal,
    pairs: Sequence[TokenPair],
    settings: LmSettings,
    world: World,
    environment: Mapping[str, str] = os.environ,
) -> bool:
    """The same answer in every process: as ``asked``, else where one of them has too little memory
    for the whole training. Processes without an accelerator do not share out unless told to.

    Raises:
        TrainingError: see ``asked``.
    """
    wanted = asked(settings, environment)
    if world.size < 2:
        return False
    dtype = compute_dtype(settings.precision, world.device)
    _, on = each_needs(
        shape_of(source),
        pairs,
        settings,
        dtype,
        world.device,
        processes=world.size,
        wanted=wanted,
        free=available(world.device),
    )
    return world.sum([float(on)])[0] > 0


def notices(
    settings: LmSettings, world: World, on: bool, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """What a person should know of it."""
    if not on:
        alone = world.size < 2 and settings.shard_weights == "on"
        return (ALONE,) if alone else ()
    said = f"The weights are shared out over {world.size} processes."
    return (said, FOLLOWED) if _set(environment, FSDP) else (said,)


@contextmanager
def loaded_whole() -> Iterator[None]:
    """transformers reads accelerate's variables too, and would load zeros in all processes but one
    for accelerate to fill: here every process cuts its parts out of a whole model."""
    before = os.environ.pop(FSDP, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[FSDP] = before


def _set(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() in {"1", "true", "yes", "on"}
