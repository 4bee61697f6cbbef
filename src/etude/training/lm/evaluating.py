"""The loss on examples kept aside: the mean per target token, as training counts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from etude.training.lm.distributed import World, share
from etude.training.lm.pairs import TokenPair
from etude.training.lm.precision import autocast
from etude.training.lm.steps import Step, losses, plan_batches


class Kept:
    """Examples kept aside, in the batches that they are looked at in.

    Args:
        pairs: at least one.
        batch_size: of a look; no gradients are kept, so it may be larger than training's.
        step: how losses are computed.
        world: each process takes its share.
        sharded: all processes must compute something of each batch.
    """

    def __init__(
        self,
        pairs: Sequence[TokenPair],
        batch_size: int,
        step: Step,
        world: World,
        sharded: bool = False,
    ) -> None:
        self._pairs, self._step, self._world, self._sharded = pairs, step, world, sharded
        self._batches = plan_batches(pairs, batch_size, 0, 0, step)

    def look(self, module: Any, dtype: torch.dtype) -> tuple[float, float]:
        """Sum of losses / sum of weights (nats), and the share of target tokens that are the
        likeliest ones, weighted alike; ``module`` is left in the mode it was in."""
        before = module.training
        module.eval()
        total = weight = hits = 0.0
        try:
            with torch.no_grad(), autocast(self._world.device, dtype):
                for batch in self._batches:
                    rows, counted = share(batch, self._world, self._sharded)
                    if not len(rows):
                        continue
                    found = losses(self._step, module, [self._pairs[i] for i in rows])
                    if counted:
                        total += float(found.total)
                        weight += found.weight
                        hits += float(found.hits)
        finally:
            module.train(before)
        total, weight, hits = self._world.sum([total, weight, hits])
        return (total / weight, hits / weight) if weight else (0.0, 0.0)
