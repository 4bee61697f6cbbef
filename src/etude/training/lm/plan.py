"""Which examples each step learns from, and when the examples kept aside are looked at.

Everything comes from (seed, epoch), so a checkpoint needs no more than the number of steps done.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.training.lm.pairs import TokenPair
from etude.training.lm.settings import LmSettings
from etude.training.lm.steps import Step, plan_batches

LOOKS = 10
"""Looks at dev in a training of fewer epochs; else one an epoch."""
LEAST_BETWEEN = 5
"""Steps between two looks, at least."""


class Plan:
    """The steps of a training; a step counts from 0 through all epochs."""

    def __init__(self, pairs: Sequence[TokenPair], settings: LmSettings, step: Step) -> None:
        self._at_once = settings.batch_size
        self._epochs = [
            plan_batches(pairs, settings.step_rows, settings.seed, epoch, step)
            for epoch in range(settings.epochs)
        ]
        self._starts = np.cumsum([0, *(len(batches) for batches in self._epochs)])
        self.total = int(self._starts[-1])
        self._looks = self._when(settings)

    def batches(self, step: int) -> list[NDArray[np.int64]]:
        """The rows of a step, in the batches that go through the model together."""
        epoch = self._epoch(step)
        rows = self._epochs[epoch][step - int(self._starts[epoch])]
        return [rows[i : i + self._at_once] for i in range(0, len(rows), self._at_once)]

    def epochs_done(self, steps: int) -> float:
        """Epochs after so many steps, in parts of one."""
        if steps >= self.total:
            return float(len(self._epochs))
        epoch = self._epoch(steps)
        return epoch + (steps - int(self._starts[epoch])) / len(self._epochs[epoch])

    def ends_epoch(self, steps: int) -> bool:
        """True where an epoch is over after so many steps."""
        return steps in self._starts[1:]

    def looks_after(self, steps: int) -> bool:
        """True where dev is looked at after so many steps."""
        return steps in self._looks

    @property
    def look_count(self) -> int:
        """How often dev is looked at, the look before the first step among them."""
        return len(self._looks)

    def _epoch(self, step: int) -> int:
        return int(np.searchsorted(self._starts, step, side="right")) - 1

    def _when(self, settings: LmSettings) -> frozenset[int]:
        wanted = max(1, round(LOOKS / settings.epochs))
        steps = {0}
        for start, batches in zip(self._starts, self._epochs, strict=False):
            count = min(wanted, max(1, len(batches) // LEAST_BETWEEN))
            steps |= {int(start) + round(len(batches) * i / count) for i in range(1, count + 1)}
        return frozenset(steps)
