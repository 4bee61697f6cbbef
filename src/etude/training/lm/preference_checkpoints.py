"""Where a training on preferences stands: TRL's own checkpoints, in a folder of this training alone.

They hold what the optimiser knows as ``torch.save`` writes it. It is read by transformers with
``weights_only=True``, which makes tensors and runs nothing, and from this folder only: none comes from
outside. The state's JSON is written last, so that a folder without one was left by a kill.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from etude.models._base import TunableCausal
from etude.models._hashes import file_hash
from etude.store import atomic
from etude.training.lm import checkpoints
from etude.training.lm.checkpoints import KEPT, MOST_SHARE

STATE = "trainer_state.json"
_KEY = "key.json"
_LIBRARIES = ("trl", "transformers", "torch")
Save = Callable[[Path], None]


class PreferenceWatch(Protocol):
    """Follows a training on preferences."""

    def step(self, step: int, total: int, figures: Mapping[str, float]) -> None:
        """What TRL says of a step: ``loss``, ``rewards/margins`` and others."""
        ...

    def epoch(self, step: int, total: int, save: Save) -> None:
        """An epoch is over, after ``step`` steps of ``total``, and the step was told. ``save(folder)``
        puts the weights as they are now into a folder that is not there yet."""
        ...

    def stop(self) -> bool:
        """Whether to stop after this step, with everything kept."""
        ...


class PreferenceCheckpoints:
    """The folder with them.

    Args:
        folder: made when something is saved.
        key: what the training is, see ``key_of``; others' checkpoints are removed.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self._last, self._cost = monotonic(), 0.0
        if _read(folder / _KEY) != key:
            atomic.remove(folder)
            atomic.write_json(folder / _KEY, key)

    def newest(self) -> Path | None:
        """The newest whole one, or None; what a kill left of others is removed."""
        found = sorted(self.folder.glob("checkpoint-*"), key=_number, reverse=True)
        for path in found:
            if isinstance(_read(path / STATE), dict):
                return path
            atomic.remove(path)
        return None

    @property
    def due(self) -> bool:
        """True when the last one is old enough; saving takes a twentieth of the time at most."""
        every = checkpoints.EVERY_SECONDS
        return monotonic() - self._last >= max(every, self._cost / MOST_SHARE if every else 0.0)

    def saved(self, seconds: float) -> None:
        """One was, in so many seconds."""
        self._last, self._cost = monotonic(), seconds

    def clear(self) -> None:
        """The training is done."""
        atomic.remove(self.folder)

    def arguments(self) -> dict[str, Any]:
        """What TRL's configuration is told; when to save is for ``Keeping``."""
        return {
            "output_dir": str(self.folder),
            "save_strategy": "no",
            "save_total_limit": KEPT,
        }


def key_of(
    source: TunableCausal, start: Path | None, rows: Sequence[Mapping[str, Any]], settings: Any
) -> str:
    """A hash of all that a training comes from, and of the libraries that do it."""
    weights = sorted(start.glob("*.safetensors")) if start is not None else []
    said = [
        source.fingerprint,
        [[path.name, file_hash(path)] for path in weights],
        asdict(settings),
        {name: metadata.version(name) for name in _LIBRARIES},
        list(rows),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def keeping(kept: PreferenceCheckpoints, watch: PreferenceWatch | None, save: Save) -> Any:
    """A callback of TRL's that has checkpoints saved, tells ``watch`` of steps and epochs, and ends
    the training after a step where it is to stop: then ``stopped`` is true, and all is kept."""

    class Keeping(import_module("transformers").TrainerCallback):  # type: ignore[misc]
        stopped = False

        def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            """Save, where it is time."""
            if state.global_step >= state.max_steps:
                return
            self.stopped = watch is not None and watch.stop()
            control.should_training_stop = control.should_training_stop or self.stopped
            control.should_save = control.should_save or self.stopped or kept.due
            self._began = monotonic()

        def on_save(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            """One was saved."""
            kept.saved(monotonic() - self._began)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any, **others: Any) -> None:
            """Tell of a step, and of the epoch that ends with it: before the step is saved, so that
            what goes on after a kill has told of every epoch before."""
            if watch is None or "loss" not in logs:
                return
            step, total = state.global_step, state.max_steps
            watch.step(step, total, figures_of(logs))
            if step % (total // round(args.num_train_epochs)) == 0:
                watch.epoch(step, total, save)

    return Keeping()


def figures_of(row: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a row of TRL's log."""
    return {name: float(value) for name, value in row.items() if isinstance(value, int | float)}


def _number(path: Path) -> int:
    digits = path.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else -1


def _read(path: Path) -> Any:
    """What a JSON file says; None where it is not there or not whole."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
