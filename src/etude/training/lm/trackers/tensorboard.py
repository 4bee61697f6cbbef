"""TensorBoard: event files in ``<workdir>/tensorboard``; ``tensorboard --logdir`` shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etude.training.lm.log import LogRow
from etude.training.lm.settings import LmSettings
from etude.training.lm.trackers._base import figures, library


class _Run:
    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def log(self, row: LogRow) -> None:
        """One scalar a figure."""
        for name, value in figures(row).items():
            self._writer.add_scalar(name, value, row.step)
        self._writer.flush()


@contextmanager
def _open(workdir: Path, settings: LmSettings) -> Iterator[_Run]:
    module = library("torch.utils.tensorboard", "tensorboard", "'etude[track]'")
    writer = module.SummaryWriter(str(workdir / "tensorboard"))
    try:
        writer.add_text("settings", f"```\n{json.dumps(settings.as_dict(), indent=2)}\n```")
        yield _Run(writer)
    finally:
        writer.close()


TRACKER = _open
