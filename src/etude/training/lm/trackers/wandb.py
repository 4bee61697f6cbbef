"""Weights & Biases: offline files in ``<workdir>/wandb``, unless ``WANDB_MODE`` says otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etude.training.lm.log import LogRow
from etude.training.lm.settings import LmSettings
from etude.training.lm.trackers._base import figures, library


class _Run:
    def __init__(self, run: Any) -> None:
        self._run = run

    def log(self, row: LogRow) -> None:
        """All figures of a step at once."""
        self._run.log(figures(row), step=row.step)


@contextmanager
def _open(workdir: Path, settings: LmSettings) -> Iterator[_Run]:
    run = library("wandb", "wandb", "wandb").init(
        project=os.environ.get("WANDB_PROJECT", "etude"),
        name=workdir.name,
        dir=str(workdir),
        config=settings.as_dict(),
        mode=os.environ.get("WANDB_MODE", "offline"),
    )
    try:
        yield _Run(run)
    finally:
        run.finish()


TRACKER = _open
