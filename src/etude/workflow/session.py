"""One call of a verb in one project: the task, the store, and a run that is always closed.

A run that ends by an error or by Ctrl-C is recorded as such; what it finished stays cached.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from etude import __version__
from etude.errors import EtudeError, Interrupted
from etude.evaluation.libraries import library_versions
from etude.progress import Progress, Silent
from etude.records.run import Machine, Run
from etude.store import Store
from etude.taskfile import TASK_FILE, TaskFile, read
from etude.workflow.machine import this_machine

if TYPE_CHECKING:
    from etude.releases.served import AsServed


class Place(Protocol):
    """A folder with what is kept in it: all that work with releases needs, for a server's folder may
    hold no task."""

    @property
    def root(self) -> Path:
        """The folder."""
        ...

    @property
    def store(self) -> Store:
        """Of the folder."""
        ...

    @property
    def progress(self) -> Progress:
        """How long work shows itself."""
        ...

    def say(self, text: str) -> None:
        """One line of words."""
        ...


@dataclass(frozen=True)
class Folder:
    """A ``Place`` without a task."""

    root: Path
    store: Store
    progress: Progress

    def say(self, text: str) -> None:
        """One line of words."""
        self.progress.say(text)


@dataclass
class Session:
    """What every verb works with.

    ``as_served``: how a release answers once it is served; None where nobody handed that in.
    """

    root: Path
    taskfile: TaskFile
    store: Store
    progress: Progress = field(default_factory=Silent)
    as_served: AsServed | None = None

    @property
    def machine(self) -> Machine:
        """This machine."""
        return this_machine()

    def say(self, text: str) -> None:
        """One line of words."""
        self.progress.say(text)


def open_session(
    root: Path, progress: Progress | None = None, as_served: AsServed | None = None
) -> Session:
    """Read the task file and open the store of the project in ``root``.

    Raises:
        TaskError: the task file has problems; all are named.
        StoreError: the project folder can't be read or written.
    """
    taskfile = read(root / TASK_FILE)
    shown = progress or Silent()
    store = Store.open(root, notice=shown.say)
    return Session(root, taskfile, store, shown, as_served)


def now() -> str:
    """The time as records keep it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def recorded(session: Session, verb: str, options: dict[str, str]) -> Iterator[Run]:
    """A run of ``verb``: begun, and finished as done, failed or interrupted whatever happens.

    Raises:
        Interrupted: in place of KeyboardInterrupt; the same command goes on from here.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    run = Run(
        id=f"{stamp}-{secrets.token_hex(3)}",
        verb=verb,
        started=now(),
        etude_version=__version__,
        task_hash=session.taskfile.text_hash,
        options=options,
        versions=library_versions(),
        machine=session.machine,
    )
    session.store.begin_run(run)
    try:
        yield run
    except KeyboardInterrupt:
        session.store.finish_run(run.id, "interrupted")
        raise Interrupted(
            "stopped; everything that was finished is kept",
            hint=f"etude {verb} goes on from where it was",
        ) from None
    except EtudeError as error:
        session.store.finish_run(run.id, "failed", note=error.found)
        raise
    except BaseException as error:
        session.store.finish_run(run.id, "failed", note=type(error).__name__)
        raise
    session.store.finish_run(run.id, "done")
