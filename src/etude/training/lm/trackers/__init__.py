"""Where a curve is written besides the log: one tracker a file, by its name in ``trackers``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from etude.training.lm._rules import TRACKERS
from etude.training.lm.log import LogRow
from etude.training.lm.settings import LmSettings
from etude.training.lm.trackers._base import Run

__all__ = ["Trackers", "started"]


class Trackers:
    """Every tracker of a training; none is fine."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = tuple(runs)

    def log(self, row: LogRow) -> None:
        """Hand a row to each."""
        for run in self._runs:
            run.log(row)


@contextmanager
def started(names: Sequence[str], workdir: Path, settings: LmSettings) -> Iterator[Trackers]:
    """The trackers of these names, until the block ends.

    Raises:
        MissingDependency: one is not installed; the hint is the line that installs it.
        UnknownName: there is no such tracker.
    """
    with ExitStack() as stack:
        runs = [stack.enter_context(TRACKERS.load(name)(workdir, settings)) for name in names]
        yield Trackers(runs)
