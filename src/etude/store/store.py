"""The project on disk, opened: one thin method for everything that stages leave and find.

Opening one that is up to date imports neither SQLAlchemy nor alembic; the database is opened
when it is first used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from etude.store import layout, schema
from etude.store.keys import JSON, digest
from etude.store.locks import Notice
from etude.store.units import Build, Pruned, Unit, Units

if TYPE_CHECKING:
    from etude.records.run import Look, Run
    from etude.store.connected import Connected
    from etude.store.database import Database
    from etude.store.files import Files
    from etude.store.jobs import Jobs
    from etude.store.releases import Releases
    from etude.store.remembered import Remembered
    from etude.store.responses import Responses
    from etude.store.runs import Status
    from etude.store.webhooks import Webhooks

URL_VARIABLE = "ETUDE_DATABASE_URL"


def now() -> str:
    """The time as records keep it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """A project's ``.etude`` folder. Safe from threads; every process opens its own.

    Every method that touches the disk or the database may raise ``StoreError``: the disk is full
    or refuses, the database is damaged or locked, the server is away.
    """

    def __init__(self, root: Path, url: str | None = None, notice: Notice | None = None) -> None:
        self.root = root
        self.folder = root / ".etude"
        self._url = url
        self._notice = notice
        self._units = Units(self.folder, notice)
        self._run: str | None = None
        self._lock = threading.Lock()
        self._connected: Connected | None = None

    @classmethod
    def open(
        cls,
        project_root: Path | str,
        create: bool = True,
        *,
        url: str | None = None,
        notice: Notice | None = None,
    ) -> Self:
        """Open the store of a project; what killed processes left is cleaned up.

        Args:
            project_root: the folder that holds ``etude.yaml``.
            create: make ``.etude`` where it is missing.
            url: of a PostgreSQL server; by default ``ETUDE_DATABASE_URL``, else the file
                ``.etude/etude.db``.
            notice: is told, in a line for people, when another process is waited for.

        Raises:
            StoreError: see the class; also where the database was made by a newer Etude, and
                where there is no ``.etude`` and ``create`` is False.
        """
        address = url or os.environ.get(URL_VARIABLE) or None
        store = cls(Path(project_root).resolve(), address, notice)
        layout.prepare(store.folder, create)
        store._units.tidy()
        database = store.folder / "etude.db"
        if address is not None or not (database.exists() and schema.is_current(database)):
            store._connect()
        return store

    def _connect(self) -> Connected:
        with self._lock:
            if self._connected is None:
                # SQLAlchemy takes a quarter of a second to import: only where it is needed.
                from etude.store.connected import connect

                self._connected = connect(self.root, self.folder, self._url, now, self._notice)
            return self._connected

    def close(self) -> None:
        """Close the database; a later call opens it again."""
        with self._lock:
            connected, self._connected = self._connected, None
        if connected is not None:
            connected.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Units

    def compute(self, stage: str, key: Mapping[str, JSON], build: Build) -> Unit:
        """The unit of ``stage`` for ``key``, from the cache or built; see ``Units.compute``.

        It is written down under the run that was begun here, if one is.
        """
        unit = self._units.compute(stage, key, build)
        if self._run is not None:
            self._connect().runs.add_unit(self._run, unit)
        return unit

    def find(self, stage: str, key: Mapping[str, JSON]) -> Unit | None:
        """The unit if it is stored already; no run is told of it. See ``Units.find``."""
        return self._units.find(stage, key)

    def transient(
        self, stage: str, key: Mapping[str, JSON], build: Build
    ) -> AbstractContextManager[Unit]:
        """``with store.transient(...) as unit:`` forgotten after use; see ``Units.transient``."""
        return self._units.transient(stage, key, build)

    def forget(self, stage: str, key: Mapping[str, JSON]) -> bool:
        """Remove a unit and its checkpoints; False where there was neither."""
        return self._units.forget(stage, key)

    def prune(self, keep: int = 3) -> Pruned:
        """Free disk: remove the units that neither the newest ``keep`` runs of each verb nor a
        kept candidate need, and checkpoints that nobody is working on."""
        connected = self._connect()
        return self._units.prune(connected.runs.used_since(keep) | connected.kept.folders())

    def cache_folder(self, name: str) -> Path:
        """``cache/<name>/`` for a stage that keeps files of its own there (embeddings)."""
        return layout.made(self.folder / "cache" / name)

    # Runs

    def begin_run(self, run: Run) -> None:
        """Write down a run that starts; units computed here are its own until it finishes."""
        self._connect().runs.begin(run)
        self._run = run.id

    def describe_run(
        self, run: str, *, dataset: str | None = None, seeds: Mapping[str, int] | None = None
    ) -> None:
        """Add to a run under way which dataset version it works on, and its seeds."""
        self._connect().runs.describe(run, dataset, seeds)

    def finish_run(self, run: str, status: Status, note: str | None = None) -> Run:
        """Write down how a run ended; StoreError where there is no such run."""
        if self._run == run:
            self._run = None
        return self._connect().runs.finish(run, status, note)

    def runs(self, limit: int | None = None) -> list[Run]:
        """Runs, newest first; one whose process is gone counts as interrupted."""
        return self._connect().runs.newest(limit)

    def latest_run(self, verb: str | None = None, status: Status | None = None) -> Run | None:
        """The newest run of this verb and status, or None."""
        found = self._connect().runs.newest(1, verb, status)
        return found[0] if found else None

    def run_folder(self, run: str) -> Path:
        """``runs/<id>/``: what a run leaves; made where missing."""
        return layout.run_folder(self.folder, run)

    def run_units(self, run: str) -> list[Unit]:
        """The units that a run used, with their seconds as first measured."""
        return self._connect().runs.units(run)

    # Dataset versions

    def save_version(self, version: str, folder_writer: Callable[[Path], object]) -> Path:
        """The folder of a dataset version, filled by ``folder_writer(folder)`` unless it is
        there; the version is in use from now."""
        return self._connect().versions.save(version, folder_writer)

    def version_folder(self, version: str) -> Path:
        """The folder of a dataset version; StoreError where it is not there."""
        return self._connect().versions.folder(version)

    def versions(self) -> list[Path]:
        """The folders of all dataset versions that are there."""
        return self._connect().versions.folders()

    def latest_version(self) -> str | None:
        """The dataset version in use; None before the first."""
        return self._connect().versions.latest()

    def assignments(self) -> Path | None:
        """The split table that every new version must respect; see ``Versions.assignments``."""
        return self._connect().versions.assignments()

    def save_assignments(self, version: str, write: Callable[[Path], object]) -> Path:
        """Put a split table into a saved version's folder by ``write(path)``."""
        return self._connect().versions.save_assignments(version, write)

    # The ledger, responses, candidates

    def record_look(self, look: Look) -> None:
        """Add a look to the ledger, for good."""
        self._connect().ledger.record(look)

    def looks(self, *holdout_ids: str) -> list[Look]:
        """Every look at any of these sets of held-out examples, oldest first."""
        return self._connect().ledger.looks(*holdout_ids)

    def looked_at(self) -> list[str]:
        """Every set of held-out examples that was looked at, by its id."""
        return self._connect().ledger.looked_at()

    def response_cache(self, model_key: str) -> Responses:
        """Stored responses and spending of one model (``models.ResponseCache``)."""
        return self._connect().responses(model_key)

    def remembered(self, space: Mapping[str, JSON]) -> Remembered:
        """What a model on this machine said or learned; ``space``: all that it depends on besides the
        keys that it is kept under."""
        return self._connect().remembered(f"here:{digest(space)}")

    def keep_candidate(self, run: str, name: str, path: Path) -> None:
        """Remember where ``run`` put the fitted candidate ``name``: safe from pruning."""
        self._connect().kept.keep(run, name, path)

    def candidate_folder(self, name: str, run: str | None = None) -> Path:
        """Where the candidate lies: the newest of that name, or ``run``'s."""
        return self._connect().kept.folder(name, run)

    @property
    def releases(self) -> Releases:
        """Where releases lie, what their aliases stand for, and the log of both."""
        return self._connect().releases

    @property
    def database(self) -> Database:
        """The open database, for those who keep the tables of a server."""
        return self._connect().database

    @property
    def files(self) -> Files:
        """What was uploaded to a server, or is to be fetched from it."""
        return self._connect().files

    @property
    def jobs(self) -> Jobs:
        """Tuning jobs: the queue, what happened to each, and the models they made."""
        return self._connect().jobs

    @property
    def webhooks(self) -> Webhooks:
        """Who wants to be told of events, and what is still to be told."""
        return self._connect().webhooks

    @property
    def url(self) -> str | None:
        """Of the PostgreSQL server; None: everything is in the folder."""
        return self._url
