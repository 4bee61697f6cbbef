"""What a tracker is, and how its library is brought."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from etude.errors import MissingDependency
from etude.training.lm.log import LogRow
from etude.training.lm.settings import LmSettings


class Run(Protocol):
    """One training in a tracker."""

    def log(self, row: LogRow) -> None:
        """Write what a row holds; what is None is left out."""
        ...


class Tracker(Protocol):
    """``TRACKER`` of each file: opens a run that is closed with the block."""

    def __call__(self, workdir: Path, settings: LmSettings) -> AbstractContextManager[Run]:
        """A run for the training of ``workdir``; local files unless the environment says else."""
        ...


def library(module: str, tracker: str, install: str) -> Any:
    """A tracker's module; ``install`` is what pip is told.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependency(
            f"the tracker {tracker} is not installed",
            where="training.trackers",
            hint=f"pip install {install}, or leave it out",
        ) from error


def figures(row: LogRow) -> dict[str, float]:
    """A row's figures under the names that every tracker shows them by."""
    found = {
        "loss/train": row.loss,
        "loss/dev": row.dev_loss,
        "learning_rate": row.learning_rate,
        "tokens_per_second": row.tokens_per_second,
        "epoch": row.epoch,
    }
    return {name: value for name, value in found.items() if value is not None}
