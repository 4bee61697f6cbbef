"""The one exception tree of Etude. It knows exit codes and nothing else of the project.

EtudeError                 exit code
├── GateNotMet                 1    a gate or --strict finding, where the caller asked for one
├── UsageError                 2    wrong use of a verb
│   └── UnknownName            2    a name that is not in a registry, with the nearest one
├── TaskError                  2    the task file; carries every problem at once
├── DataError                  3    the examples
├── StoreError                 3    the project folder: disk full, no permission, a damaged file
├── ModelError                 4    a model that can't be loaded or run
│   ├── MissingDependency      4    an optional library is not installed
│   ├── TrainingError          4    a training that can't start, or that came off the rails
│   └── EndpointError          4    an endpoint that fails, times out or answers nonsense
├── SpendLimitReached          5    the next request could pass the spend limit
└── Interrupted              130    Ctrl-C; what was done is kept
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class EtudeError(Exception):
    """What was found, where, what was expected, and what to type next.

    Args:
        found: one sentence that says what is wrong.
        where: file, line, field: the place to look at.
        expected: what would have been right.
        hint: the next thing to type or change.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        found: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(found)
        self.found = found
        self.where = where
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.found}" if self.where else self.found]
        if self.expected:
            parts.append(f"  expected: {self.expected}")
        if self.hint:
            parts.append(f"  next: {self.hint}")
        return "\n".join(parts)


class GateNotMet(EtudeError):
    """A gate that the caller asked for (``--gate``, ``--strict``) is not met."""

    exit_code = 1


class UsageError(EtudeError):
    """A verb was called in a way that can't work."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that no registry holds."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in what a person wrote: ``line`` counts from 1, ``field`` is a dotted path.

    ``file`` is named where several files are told of at once.
    """

    line: int | None
    field: str
    found: str
    expected: str | None = None
    hint: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        place = f"line {self.line}, {self.field}" if self.line else self.field
        place = f"{self.file}, {place}" if self.file else place
        text = f"{place}: {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.hint:
            text += f" ({self.hint})"
        return text


class TaskError(EtudeError):
    """Everything wrong in one task file, or in what it names (``of``), reported at once."""

    exit_code = 2

    def __init__(
        self,
        path: str,
        problems: Sequence[Problem],
        hint: str | None = None,
        *,
        of: str = "the task file",
    ) -> None:
        count = len(problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in {of}", where=path, hint=hint
        )
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.found}"]
        lines += [f"  {problem}" for problem in self.problems]
        if self.hint:
            lines.append(f"  next: {self.hint}")
        return "\n".join(lines)


class DataError(EtudeError):
    """The examples can't be used as they are."""

    exit_code = 3


class StoreError(EtudeError):
    """The project folder can't be read or written."""

    exit_code = 3


class ModelError(EtudeError):
    """A model can't be loaded or run."""

    exit_code = 4


class MissingDependency(ModelError):
    """An optional library is not installed; the hint is the line that installs it."""


class TrainingError(ModelError):
    """A training can't start as it is set up, or its numbers stopped being numbers."""


class EndpointError(ModelError):
    """An endpoint failed after its retries, or answered what no client can read."""


class SpendLimitReached(EtudeError):
    """The next request could pass the spend limit; what was answered is kept."""

    exit_code = 5


class Interrupted(EtudeError):
    """A person stopped the work; what was done is kept and the same command goes on from it."""

    exit_code = 130
