"""What a training is made of, put together: the module, its weights, its steps, its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import torch

from etude.models._base import TunableCausal
from etude.training._adam import AdamWeights
from etude.training.lm.checkpoints import Checkpoints
from etude.training.lm.checks import Usable
from etude.training.lm.distributed import World
from etude.training.lm.evaluating import Kept
from etude.training.lm.memory import shared_prefix
from etude.training.lm.methods import Prepared, layers_of, prepare
from etude.training.lm.optimiser import trained_weights
from etude.training.lm.pairs import TokenPair
from etude.training.lm.plan import Plan
from etude.training.lm.precision import compute_dtype
from etude.training.lm.settings import LmSettings
from etude.training.lm.sharding import loaded_whole
from etude.training.lm.steps import Step, choose_step


@dataclass(frozen=True)
class Parts:
    """See the modules of the same names; ``notices`` say what a person should know of them."""

    prepared: Prepared
    trained: AdamWeights
    step: Step
    pairs: Sequence[TokenPair]
    plan: Plan
    kept: Kept | None
    settings: LmSettings
    world: World
    dtype: torch.dtype
    checkpoints: Checkpoints
    sharded: bool
    """Each process holds a part of every weight."""
    notices: tuple[str, ...]

    @property
    def module(self) -> Any:
        """The causal LM itself."""
        return self.prepared.module


def assemble(
    source: TunableCausal,
    pairs: Usable,
    settings: LmSettings,
    world: World,
    checkpoints: Checkpoints,
    sharded: bool = False,
) -> Parts:
    """Load the model and prepare everything; seeds torch's random numbers.

    ``sharded``: each process of ``world`` keeps a part of the weights.

    Raises:
        MissingDependency: the method's library is not installed.
        TrainingError: the settings can't be had on this machine or with this model.
    """
    dtype = compute_dtype(settings.precision, world.device)
    if sharded:
        prepared, trained = _in_parts(source, settings, world, dtype)
    else:
        torch.manual_seed(settings.seed)
        prepared = prepare(source.load_module(), settings, world.device, dtype)
        trained = trained_weights(prepared.module, settings)
        world.same([weight.data for weight in trained.weights])
    step, notices = choose_step(
        prepared.module,
        pairs.train,
        checkpointing=settings.gradient_checkpointing,
        sharing=settings.sharing,
        teacher_share=settings.teacher_share,
        beginning=_beginning([*pairs.train, *pairs.dev]) if sharded else None,
    )
    return Parts(
        prepared=prepared,
        trained=trained,
        step=step,
        pairs=pairs.train,
        plan=Plan(pairs.train, settings, step),
        kept=Kept(pairs.dev, settings.batch_size, step, world, sharded) if pairs.dev else None,
        settings=settings,
        world=world,
        dtype=dtype,
        checkpoints=checkpoints,
        sharded=sharded,
        notices=(*pairs.notices, *notices),
    )


def _in_parts(
    source: TunableCausal, settings: LmSettings, world: World, dtype: torch.dtype
) -> tuple[Prepared, AdamWeights]:
    """Load in the machine's memory, cut there, and keep this process's part on its device.

    The processes of one machine do it one after the other, so that one whole model stands in its
    memory at a time.
    """
    made: Prepared | None = None
    sharding = import_module("etude.training.lm._sharded")
    for turn in range(world.size):
        if turn == world.local:
            torch.manual_seed(settings.seed)
            with loaded_whole():
                module = source.load_module()
            made = prepare(module, settings, torch.device("cpu"), dtype)
            sharding.shard(made.module, layers_of(made.module), world, dtype)
        world.wait()
    assert made is not None
    return made, trained_weights(made.module, settings, sharding.ShardedWeights)


def _beginning(pairs: Sequence[TokenPair]) -> int:
    """Tokens that all prompts begin with; of each, one at least is left over."""
    return min(shared_prefix(pairs), min(len(pair.prompt) for pair in pairs) - 1)
