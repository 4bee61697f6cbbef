"""One training in several processes: what each computes, and how their sums come together.

Every process takes its share of every batch; losses, weights and gradients are summed before they
are divided, so the steps are those of one process. Without a launcher (``torchrun``, ``accelerate
launch``) nothing distributed is imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from etude.models._fast import best_device


class World(Protocol):
    """The processes of one training, as one of them sees them."""

    rank: int
    size: int
    local: int
    """Which of its machine's processes this is."""
    device: torch.device

    def sum(self, values: Sequence[float]) -> list[float]:
        """The sums over all processes, in float64."""
        ...

    def sum_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Replace each gradient by the sum over all processes."""
        ...

    def same(self, tensors: Sequence[Tensor]) -> None:
        """Give every process the first one's values."""
        ...

    def wait(self) -> None:
        """Until all are here."""
        ...

    def leave(self) -> None:
        """The end of the work together."""
        ...


class Alone:
    """One process: every sum is its own."""

    rank, size, local = 0, 1, 0

    def __init__(self, device: torch.device | None = None) -> None:
        self.device = device or best_device()

    def sum(self, values: Sequence[float]) -> list[float]:
        """As they are."""
        return list(values)

    def sum_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Nothing to add."""

    def same(self, tensors: Sequence[Tensor]) -> None:
        """They are."""

    def wait(self) -> None:
        """Nobody to wait for."""

    def leave(self) -> None:
        """Nobody to leave."""


def share(rows: NDArray[np.int64], world: World, sharded: bool) -> tuple[NDArray[np.int64], bool]:
    """This process's rows of a batch, dealt out like cards: batches are sorted by length.

    ``sharded``: all processes must compute something, since they gather weights together. Then one
    that is left without a row gets another's, and False: its losses don't count.
    """
    mine = rows[world.rank :: world.size]
    return (mine, True) if len(mine) or not sharded else (rows[:1], False)


def world(environment: Mapping[str, str] = os.environ) -> World:
    """The processes that a launcher started (it sets ``WORLD_SIZE``), or this one alone."""
    if int(environment.get("WORLD_SIZE", "1")) < 2:
        return Alone()
    group: World = import_module("etude.training.lm._group").Group(environment)
    return group
