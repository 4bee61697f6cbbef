"""The checkpoints of one training on disk: the last two, and the best weights they speak of.

Each is one safetensors file with its state as JSON (``training._checkpoint``), replaced at once;
never pickle. Best weights are written before the checkpoint that names them and removed after the
last one that does, so whatever moment the process is killed at, a whole state is there.

Where weights are sharded each process writes a file of its own part (``step-00000008.part1``), and
the first process its file last: where that one is there, all are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import psutil
from safetensors import SafetensorError, safe_open
from torch import Tensor

from etude.store.atomic import remove
from etude.training._checkpoint import Checkpoint
from etude.training.lm.distributed import World

KEPT = 2
EVERY_SECONDS = 20.0
MOST_SHARE = 0.05
"""Share of the time that saving may take: big weights are saved less often."""

State = dict[str, Any]


class Checkpoints:
    """A folder for the state of one training.

    Only the first process writes there, or each one its part (``in_order``).

    Args:
        folder: made when something is saved.
        key: what the training is (a hash of pairs, settings, model); others' files are not taken.
        every: seconds between checkpoints, at least.
        part: which part this process holds.
        parts: how many there are.
    """

    def __init__(
        self,
        folder: Path,
        key: str,
        every: float = EVERY_SECONDS,
        part: int = 0,
        parts: int = 1,
    ) -> None:
        self.folder, self.key, self._every = folder, key, every
        self._part, self._parts = part, parts
        self._last, self._cost = monotonic(), 0.0
        self._kept: list[tuple[Path, str | None]] = []
        """Newest last, each with the best weights that it names."""

    @property
    def due(self) -> bool:
        """True when the last one is old enough."""
        wait = max(self._every, self._cost / MOST_SHARE) if self._every else 0.0
        return monotonic() - self._last >= wait

    def save(self, step: int, tensors: Mapping[str, Tensor], state: State) -> None:
        """Write the state after ``step`` steps; ``state["best"]`` names the best weights."""
        started = monotonic()
        path = self.folder / f"step-{step:08d}.safetensors"
        Checkpoint(self._of(path, self._part), self.key).save(dict(tensors), state)
        self._kept = [kept for kept in self._kept if kept[0] != path]
        self._kept.append((path, state["best"]))
        if self._part == 0:
            self._prune()
        self._last = monotonic()
        self._cost = self._last - started

    @staticmethod
    def best_name(step: int) -> str:
        """What the best weights are called in the state when they are those of this step."""
        return f"best-{step:08d}.safetensors"

    def save_best(self, step: int, weights: Mapping[str, Tensor]) -> None:
        """Write the best weights so far."""
        path = self._of(self.folder / self.best_name(step), self._part)
        Checkpoint(path, self.key).save(dict(weights), {})

    def best(self, name: str) -> dict[str, Tensor] | None:
        """The best weights of this name, or None where they can't be read."""
        found = Checkpoint(self._of(self.folder / name, self._part), self.key).load()
        return found[0] if found else None

    def load(self, tidy: bool) -> tuple[dict[str, Tensor], State] | None:
        """The newest whole state of this training, or None; what is damaged is passed over.

        Every process finds the same one: all look at all parts.

        ``tidy``: remove what dead processes left half-written; one process does.
        """
        if tidy:
            self._sweep()
        for path in sorted(self.folder.glob(f"step-{'?' * 8}.safetensors"), reverse=True):
            if not self._there(path, self._readable):
                continue
            found = Checkpoint(self._of(path, self._part), self.key).load()
            if found is None:
                continue
            name = found[1]["best"]
            if name is None or self._there(self.folder / name, Path.is_file):
                self._kept = [(path, name)]
                return found
        return None

    def clear(self) -> None:
        """Remove them all: the training is done, or another one begins."""
        remove(self.folder)
        self._kept = []

    def _prune(self) -> None:
        self._kept = self._kept[-KEPT:]
        names = [path.name for path, _ in self._kept]
        names += [best for _, best in self._kept if best is not None]
        wanted = {
            self._of(self.folder / name, part).name for name in names for part in range(self._parts)
        }
        for path in self.folder.glob("*.safetensors"):
            if path.name not in wanted:
                remove(path)

    @staticmethod
    def _of(path: Path, part: int) -> Path:
        """The file of a part; the first one's has the plain name."""
        return path.with_suffix(f".part{part}.safetensors") if part else path

    def _there(self, path: Path, good: Callable[[Path], bool]) -> bool:
        return all(good(self._of(path, part)) for part in range(self._parts))

    def _readable(self, path: Path) -> bool:
        """Whether a file is whole and of this training; its tensors are not read."""
        try:
            with safe_open(path, framework="pt") as file:
                return bool((file.metadata() or {}).get("key") == self.key)
        except (OSError, SafetensorError):
            return False

    def _sweep(self) -> None:
        """Half-written files of processes that are dead."""
        for path in self.folder.glob("*.new"):
            owner = path.name.split(".")[-2]
            if owner.isdigit() and not psutil.pid_exists(int(owner)):
                remove(path)


def in_order(world: World, sharded: bool, write: Callable[[], None]) -> None:
    """Write what all processes hold the same of in the first one; or each its part, the first one
    last. All are there when it is done."""
    if sharded:
        if world.rank:
            write()
        world.wait()
    if not world.rank:
        write()
    world.wait()
