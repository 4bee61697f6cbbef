"""Someone who follows a training from outside: told of rows and epochs, and free to end it.

For a training in one process; what is told again after a training goes on from a checkpoint is the
same as the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from etude.training.lm.log import LogRow


class Watch(Protocol):
    """Follows one training."""

    def row(self, row: LogRow, total: int) -> None:
        """A row of the log; the training has ``total`` steps."""
        ...

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        """An epoch is over, after ``step`` steps of ``total``. ``save(folder)`` puts the weights as
        they are now into a folder that is not there yet, as a training leaves them."""
        ...

    def stop(self) -> bool:
        """Whether to stop after the next step, with everything kept."""
        ...


class Unwatched:
    """Nobody follows."""

    def row(self, row: LogRow, total: int) -> None:
        """Nothing is done."""

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        """Nothing is saved."""

    def stop(self) -> bool:
        """Never."""
        return False
