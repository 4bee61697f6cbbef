"""The history of runs: begun, finished, or found interrupted when their process is gone.

A run under way holds a lock that dies with its process, so nobody has to guess from process ids
whether it lives. It knows runs and the units they used, and ignores what they did.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import ValidationError

from etude.errors import StoreError
from etude.records.run import Run
from etude.store import atomic
from etude.store.database import Database
from etude.store.layout import run_folder, safe_name
from etude.store.locks import Lock, is_held
from etude.store.tables import run_units, runs
from etude.store.units import Unit

Status = Literal["running", "done", "failed", "interrupted"]


class Runs:
    """The runs below one ``.etude`` folder.

    Args:
        folder: the ``.etude`` folder.
        database: the project's.
        now: the time as records keep it.
    """

    def __init__(self, folder: Path, database: Database, now: Callable[[], str]) -> None:
        self._folder = folder
        self._database = database
        self._now = now
        self._host = socket.gethostname()
        self._held: dict[str, Lock] = {}

    def begin(self, run: Run) -> None:
        """Write down a run that starts now; it counts as running while this process lives.

        Raises:
            StoreError: a run of that id is there already.
        """
        lock = Lock(self._lock(run.id))
        if not lock.try_acquire():
            raise StoreError(f"the run {run.id} is under way already", where=str(lock.path))
        values = {
            "id": run.id,
            "verb": run.verb,
            "status": run.status,
            "started": run.started,
            "host": self._host,
            "record": run.model_dump_json(),
        }
        database = self._database
        try:
            with database.write() as connection:
                fresh = database.insert_once(connection, runs, values)
            if not fresh:
                raise StoreError(f"there is a run {run.id} already", where=database.where)
        except BaseException:
            lock.release()
            raise
        self._held[run.id] = lock

    def finish(self, run: str, status: Status, note: str | None = None) -> Run:
        """Write down how a run ended, in the database and in ``runs/<id>/run.json``.

        Raises:
            StoreError: there is no such run.
        """
        with self._database.write() as connection:
            record = connection.execute(sa.select(runs.c.record).where(runs.c.id == run)).scalar()
            if record is None:
                raise StoreError(f"there is no run {run}", where=self._database.where)
            finished = self._read(record).model_copy(
                update={"status": status, "note": note, "finished": self._now()}
            )
            self._update(connection, finished)
        place = run_folder(self._folder, run) / "run.json"
        atomic.write_json(place, finished.model_dump(mode="json"))
        lock = self._held.pop(run, None)
        if lock is not None:
            lock.release()
        return finished

    def describe(self, run: str, dataset: str | None, seeds: Mapping[str, int] | None) -> None:
        """Add to a run under way what it works on; None leaves a field as it is.

        Raises:
            StoreError: there is no such run.
        """
        told = {"dataset": dataset, "seeds": dict(seeds) if seeds is not None else None}
        with self._database.write() as connection:
            record = connection.execute(sa.select(runs.c.record).where(runs.c.id == run)).scalar()
            if record is None:
                raise StoreError(f"there is no run {run}", where=self._database.where)
            known = {field: value for field, value in told.items() if value is not None}
            self._update(connection, self._read(record).model_copy(update=known))

    def newest(
        self, limit: int | None = None, verb: str | None = None, status: Status | None = None
    ) -> list[Run]:
        """Runs, newest first; a run whose process is gone counts as interrupted."""
        self._settle()
        query = sa.select(runs.c.record).order_by(runs.c.seq.desc()).limit(limit)
        if verb is not None:
            query = query.where(runs.c.verb == verb)
        if status is not None:
            query = query.where(runs.c.status == status)
        with self._database.read() as connection:
            return [self._read(record) for record in connection.execute(query).scalars()]

    def add_unit(self, run: str, unit: Unit) -> None:
        """Write down that a run used a unit; the first time counts."""
        database = self._database
        values = {
            "run": run,
            "stage": unit.stage,
            "hash": unit.hash,
            "seconds": unit.seconds,
            "cached": unit.cached,
        }
        with database.write() as connection:
            database.insert_once(connection, run_units, values)

    def units(self, run: str) -> list[Unit]:
        """The units that a run used, in no order; each was in the cache at that time."""
        query = sa.select(run_units).where(run_units.c.run == run)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Unit(self._place(row.stage, row.hash), row.cached, row.seconds, row.stage, row.hash)
            for row in rows
        ]

    def used_since(self, keep: int) -> set[Path]:
        """Folders of the units that the newest ``keep`` runs of each verb used, and any run
        under way."""
        self._settle()
        age = sa.func.row_number().over(partition_by=runs.c.verb, order_by=runs.c.seq.desc())
        aged = sa.select(runs.c.id, runs.c.status, age.label("age")).subquery()
        query = (
            sa.select(run_units.c.stage, run_units.c.hash)
            .distinct()
            .join(aged, aged.c.id == run_units.c.run)
            .where((aged.c.age <= keep) | (aged.c.status == "running"))
        )
        with self._database.read() as connection:
            return {self._place(row.stage, row.hash) for row in connection.execute(query)}

    def _settle(self) -> None:
        """Mark as interrupted the runs of this machine whose processes are gone."""
        query = sa.select(runs.c.record).where(
            runs.c.status == "running", runs.c.host == self._host
        )
        with self._database.read() as connection:
            open_runs = [self._read(record) for record in connection.execute(query).scalars()]
        gone = [run for run in open_runs if not is_held(self._lock(run.id))]
        if not gone:
            return
        with self._database.write() as connection:
            for run in gone:
                ended = run.model_copy(
                    update={"status": "interrupted", "note": "its process ended without a word"}
                )
                # It may have finished in between: only a run that still says so is changed.
                self._update(connection, ended, runs.c.status == "running")

    def _update(self, connection: sa.Connection, run: Run, *only: Any) -> None:
        connection.execute(
            sa.update(runs)
            .where(runs.c.id == run.id, *only)
            .values(status=run.status, record=run.model_dump_json())
        )

    def _read(self, record: str) -> Run:
        try:
            return Run.model_validate_json(record)
        except ValidationError as error:
            raise StoreError(
                "a run in the database can't be read: damaged, or made by a newer Etude",
                where=self._database.where,
                hint="pip install --upgrade etude",
            ) from error

    def _lock(self, run: str) -> Path:
        return self._folder / "work" / f"run-{safe_name(run, 'run')}.lock"

    def _place(self, stage: str, name: str) -> Path:
        return self._folder / "cache" / stage / name[:2] / name
