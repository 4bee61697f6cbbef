"""What a training is made of, put together: the module, its weights, its steps, its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from etude.models._base import TunableCausal
from etude.training._adam import AdamWeights
from etude.training.lm.checkpoints import Checkpoints
from etude.training.lm.checks import Usable
from etude.training.lm.distributed import World
from etude.training.lm.evaluating import Kept
from etude.training.lm.methods import Prepared, prepare
from etude.training.lm.optimiser import trained_weights
from etude.training.lm.pairs import TokenPair
from etude.training.lm.plan import Plan
from etude.training.lm.precision import compute_dtype
from etude.training.lm.settings import LmSettings
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
) -> Parts:
    """Load the model and prepare everything; seeds torch's random numbers.

    Raises:
        MissingDependency: the method's library is not installed.
        TrainingError: the settings can't be had on this machine or with this model.
    """
    torch.manual_seed(settings.seed)
    dtype = compute_dtype(settings.precision, world.device)
    prepared = prepare(source.load_module(), settings, world.device, dtype)
    trained = trained_weights(prepared.module, settings)
    world.same([weight.data for weight in trained.weights])
    step, notices = choose_step(
        prepared.module,
        pairs.train,
        checkpointing=settings.gradient_checkpointing,
        sharing=settings.sharing,
        teacher_share=settings.teacher_share,
    )
    return Parts(
        prepared=prepared,
        trained=trained,
        step=step,
        pairs=pairs.train,
        plan=Plan(pairs.train, settings, step),
        kept=Kept(pairs.dev, settings.batch_size, step, world) if pairs.dev else None,
        settings=settings,
        world=world,
        dtype=dtype,
        checkpoints=checkpoints,
        notices=(*pairs.notices, *notices),
    )
