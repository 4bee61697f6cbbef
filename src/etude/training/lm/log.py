"""The curve of a training as rows: written as it goes, and kept in the tuned folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from etude.store.atomic import write_text

LOG_NAME = "training_log.jsonl"


@dataclass(frozen=True)
class LogRow:
    """One line of ``training_log.jsonl``.

    ``loss`` is the mean per target token (nats) since the row before, None before the first step;
    ``dev_loss`` that of the examples kept aside, where they were looked at. ``epoch`` counts
    epochs done, in parts of one; ``learning_rate`` is that of the row's last step.
    """

    step: int
    epoch: float
    loss: float | None
    dev_loss: float | None
    learning_rate: float
    tokens_per_second: float
    """Real tokens, of prompts and targets."""
    seconds: float
    """Of training, waiting between runs left out."""
    accuracy: float | None = None
    """Share of the target tokens since the row before that were the likeliest ones."""
    dev_accuracy: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class LogFile:
    """The file that grows with the training, so that a person can follow it.

    A training that goes on from a checkpoint writes it again from the rows it knows.
    """

    def __init__(self, path: Path, rows: Sequence[LogRow]) -> None:
        self._path = path
        write_text(path, "".join(_line(row) for row in rows))

    def add(self, row: LogRow) -> None:
        """Append one row."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(row))


def read_log(path: Path) -> tuple[LogRow, ...]:
    """The rows of a ``training_log.jsonl``."""
    lines = path.read_text("utf-8").splitlines()
    return tuple(LogRow(**json.loads(line)) for line in lines)


def _line(row: LogRow) -> str:
    return json.dumps(row.as_dict()) + "\n"
