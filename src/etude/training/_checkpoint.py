"""Where a training is, on disk: one safetensors file whose metadata is the state as JSON.

One file replaced at once: weights, optimizer and state can't be of different moments, whenever the
process is killed. A checkpoint of another training (other rows, settings or seed) is not taken.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

EVERY_SECONDS = 20.0


@dataclass
class Checkpoint:
    """A place for the state of one training.

    Args:
        path: the file; its folder is made.
        key: what the training is (a hash of rows, settings, seed, model).
        every: seconds between checkpoints: what is lost at most. A short training has none, for
            writing a hundred megabytes each epoch takes longer than doing it again.
    """

    path: Path
    key: str
    every: float = EVERY_SECONDS
    _last: float = field(default_factory=monotonic)

    @property
    def due(self) -> bool:
        """True when the last one is ``every`` seconds old."""
        return monotonic() - self._last >= self.every

    def save(self, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Write both at once: a reader sees the old file or the new one, never a part."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        said = {"key": self.key, "state": json.dumps(state)}
        try:
            save_file({k: v.contiguous() for k, v in tensors.items()}, new, metadata=said)
            _to_disk(new)
            os.replace(new, self.path)
        finally:
            new.unlink(missing_ok=True)
        _to_disk(self.path.parent)
        self._last = monotonic()

    def load(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """What was saved, or None where there is nothing of this training that can be read."""
        try:
            with safe_open(self.path, framework="pt") as file:
                said = file.metadata() or {}
                if said.get("key") != self.key:
                    return None
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                return tensors, json.loads(said["state"])
        except (OSError, SafetensorError, KeyError, ValueError):
            return None


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
