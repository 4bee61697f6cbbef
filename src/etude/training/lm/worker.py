"""``python -m etude.training.lm.worker job.json``: one process of a training.

Alone it trains by itself; under ``torchrun --nproc-per-node 2 -m etude.training.lm.worker
job.json`` or ``accelerate launch -m etude.training.lm.worker job.json`` the processes share it. A
word on stderr for each look at the examples kept aside; the result as JSON on stdout, from the
first process alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from etude.errors import EtudeError, TrainingError
from etude.models._base import TunableCausal
from etude.models.opening import open_model
from etude.progress import Pace, Progress, Step, lasted
from etude.records.task import ModelRef
from etude.training.lm.job import Job, read_job
from etude.training.lm.loop import train
from etude.training.lm.preflight import preflight

INTERRUPTED = 130


class Lines:
    """A progress as lines on stderr: a launcher's log has no place for bars."""

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """A step that writes a line at every tenth of its work."""
        return _Tenths(name, total or 1.0)

    def say(self, text: str) -> None:
        """The line."""
        sys.stderr.write(text + "\n")


class _Tenths:
    def __init__(self, name: str, total: float) -> None:
        self._name, self._total, self._tenths = name, total, 0
        self._pace = Pace(total)

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """Count, and write where a tenth is full."""
        self._pace.advance(amount)
        tenths = int(10 * self._pace.done / self._total)
        if tenths > self._tenths:
            self._tenths = tenths
            left = self._pace.left()
            said = [note or "", f"{lasted(left)} left" if left is not None else ""]
            sys.stderr.write(f"{self._name} {10 * tenths} %: {', '.join(filter(None, said))}\n")

    def __enter__(self) -> Step:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def main(
    arguments: Sequence[str], open_source: Callable[[str], TunableCausal] | None = None
) -> int:
    """Run the job of ``arguments[0]``; the exit code.

    ``open_source`` opens the job's model; by default as the task file's references are.
    """
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m etude.training.lm.worker job.json\n")
        return 2
    path = Path(arguments[0])
    try:
        job = read_job(path)
        source = (open_source or open_causal)(job.model)
        progress: Progress = Lines()
        if _first():
            _look_before(source, job, progress)
        result = train(source, job.train, job.dev, job.settings, path.parent, progress)
    except EtudeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on from here\n")
        return INTERRUPTED
    if _first():
        said = {
            "folder": str(result.folder),
            "best_dev_loss": result.best_dev_loss,
            "seconds": result.seconds,
            "tokens_per_second": result.tokens_per_second,
            "notices": list(result.notices),
        }
        print(json.dumps(said))
    return 0


def _first() -> bool:
    """Whether this process speaks for all."""
    return int(os.environ.get("RANK", "0")) == 0


def _look_before(source: TunableCausal, job: Job, progress: Progress) -> None:
    """Say what may not fit.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    found = preflight(source, job.train, job.dev, job.settings)
    for advice in found.advice:
        progress.say(f"This training may not fit: {advice}.")


def open_causal(reference: str) -> TunableCausal:
    """The model of a reference.

    Raises:
        ModelError: it can't be had.
        TrainingError: it can't be trained to write.
    """
    model = open_model(ModelRef(name=reference))
    if not isinstance(model, TunableCausal):
        raise TrainingError(
            f"{reference} is no language model that can be trained here",
            where="job.json, model",
            expected="builtin:starter, a Hub id or a folder of a causal language model",
        )
    return model


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    """A launcher that stops its processes sends SIGTERM: finish the step and keep it."""
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    sys.exit(main(sys.argv[1:]))
