"""Why a job ends without a model: words and a code for whoever sent it.

They read no log of this machine and must not learn its paths.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from etude.errors import EtudeError
from etude.records.tuning import JobError

FILE_FORMAT, TOO_FEW = "invalid_file_format", "invalid_n_examples"
MODEL, TRAINING, HYPERPARAMETERS = (
    "model_not_available",
    "training_failed",
    "invalid_hyperparameter",
)
WORKER = "worker_failed"
_SHOWN = 5
_PATH = re.compile(r"(?<![\w:/.])(?:~|[A-Za-z]:)?[/\\][^\s'\"`,;)]+")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line of a file; ``name`` is the one that people know it by."""

    line: int
    name: str
    reason: str


class JobFailed(Exception):
    """The job can't be done; ``faults`` are all lines that are to blame."""

    def __init__(
        self, code: str, message: str, param: str | None = None, faults: Sequence[Fault] = ()
    ) -> None:
        super().__init__(message)
        self.error = JobError(code=code, message=message, param=param)
        self.faults = tuple(faults)


def bad_lines(param: str, faults: Sequence[Fault]) -> JobFailed:
    """A file with faulty lines: the first ones in words, all of them by name and number."""
    what = "Training" if param == "training_file" else "Validation"
    shown = "; ".join(f"line {one.line}: {one.reason} ({one.name})" for one in faults[:_SHOWN])
    message = f"{what} file has {len(faults)} line(s) that can't be used: {shown}"
    if len(faults) > _SHOWN:
        counts = Counter(one.name for one in faults)
        named = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        message += f"; and {len(faults) - _SHOWN} more (in all: {named})"
    return JobFailed(FILE_FORMAT, f"{message}.", param, faults)


def told(error: EtudeError, code: str, param: str | None = None) -> JobFailed:
    """An error of ours as a failed job; paths in it are left out."""
    parts = [error.found, error.expected and f"expected: {error.expected}", error.hint]
    return JobFailed(code, without_paths(". ".join(part for part in parts if part)), param)


def without_paths(text: str) -> str:
    """The text with "…" where it names a place on this machine."""
    return _PATH.sub("…", text)
