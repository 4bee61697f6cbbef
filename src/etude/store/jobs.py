"""The queue of tuning jobs: a table with leases. What happened to each is in ``job_history``.

A worker takes a job for some seconds and says again and again that it is still there; whatever it
writes about the job it may write only as long as the job is its own. A worker that is killed says
nothing any more, and the next one takes the job up. Nothing here knows how a model is trained.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etude.records.tuning import OVER, WAITING, Job, Status, TunedModel, Wanted
from etude.store.database import Database
from etude.store.ids import now, possible
from etude.store.job_history import History
from etude.store.leases import LeaseLost, is_held
from etude.store.serving_tables import jobs
from etude.store.tuned import Tuned
from etude.store.webhooks import Webhooks

_OWN = ("status", "wanted", "attempts")
"""Fields of a job that have columns; the record's are not looked at."""


class NotNow(Exception):
    """A job can't be cancelled, paused or resumed as it is; ``status`` says how it is."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


class Jobs:
    """The jobs of one project.

    Args:
        folder: its ``.etude``.
        database: the project's.
        webhooks: who is told when a job is over, in the same transaction.
    """

    def __init__(self, folder: Path, database: Database, webhooks: Webhooks) -> None:
        self.folder = folder / "tuned"
        """Where jobs work, one folder each."""
        self._database = database
        self._webhooks = webhooks
        self.tuned = Tuned(folder, database)
        self.history = History(database, self.tuned)

    # For those who ask

    def create(self, job: Job) -> Job:
        """Put a job at the end of the queue."""
        with self._database.write() as connection:
            connection.execute(
                sa.insert(jobs).values(
                    id=job.id,
                    status=job.status,
                    created=job.created,
                    attempts=0,
                    record=job.model_dump_json(),
                )
            )
        return job

    def find(self, job: str) -> Job | None:
        """The job of this id, or None."""
        if not possible(job):
            return None
        with self._database.read() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job)).one_or_none()
        return None if row is None else _job(row)

    def page(
        self,
        *,
        after: str | None,
        limit: int,
        metadata: dict[str, str] | None = None,
        bare: bool = False,
    ) -> tuple[list[Job], bool]:
        """Some jobs, the newest first, and whether there are more.

        Args:
            after: the last one of the page before.
            limit: most of them.
            metadata: only jobs with these pairs.
            bare: only jobs without any.

        Raises:
            KeyError: ``after`` is no job.
        """
        query = sa.select(jobs).order_by(jobs.c.seq.desc())
        with self._database.read() as connection:
            if after is not None:
                if not possible(after):
                    raise KeyError(after)
                seq = sa.select(jobs.c.seq).where(jobs.c.id == after)
                place = connection.execute(seq).scalar_one_or_none()
                if place is None:
                    raise KeyError(after)
                query = query.where(jobs.c.seq < place)
            found: list[Job] = []
            for row in connection.execute(query):
                job = _job(row)
                said = job.metadata or {}
                if (bare and said) or not (metadata or {}).items() <= said.items():
                    continue
                found.append(job)
                if len(found) > limit:
                    break
        return found[:limit], len(found) > limit

    def stop(self, job: str, wanted: Wanted) -> Job | None:
        """Ask for a job to be cancelled or paused; one that nobody works on is so at once.

        None where there is no such job.

        Raises:
            NotNow: it is over, paused already, or to be cancelled and thus not to be paused.
        """
        with self._database.write() as connection:
            row = self._locked(connection, job)
            if row is None:
                return None
            if row.status in OVER or (wanted == "paused" and row.status == "paused"):
                raise NotNow(row.status)
            if wanted == "paused" and row.wanted == "cancelled":
                raise NotNow("cancelled")
            if is_held(row.lease_owner, row.lease_until):
                _set(connection, job, wanted=wanted)
            elif wanted == "cancelled":
                self._end(connection, _job(row), "cancelled")
            else:
                _set(connection, job, status="paused", wanted=None)
        return self.find(job)

    def resume(self, job: str) -> Job | None:
        """Put a paused job back into the queue, at its old place. None where there is none.

        Raises:
            NotNow: it is not paused.
        """
        with self._database.write() as connection:
            row = self._locked(connection, job)
            if row is None:
                return None
            if row.status == "paused":
                _set(connection, job, status="queued", wanted=None, attempts=0)
            elif row.wanted == "paused":
                _set(connection, job, wanted=None)
            else:
                raise NotNow(row.status)
        return self.find(job)

    def waiting(self) -> int:
        """How many jobs are to be worked on, those under way among them."""
        query = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.status.in_(WAITING))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    # For those who work

    def claim(self, owner: str, seconds: float) -> Job | None:
        """The oldest job that waits and nobody holds, held by ``owner`` (``leases.holder``) for
        so many seconds; None where there is none."""
        waiting = sa.select(jobs).where(jobs.c.status.in_(WAITING)).order_by(jobs.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(waiting).all()
        for row in rows:
            if is_held(row.lease_owner, row.lease_until):
                continue
            same = jobs.c.lease_owner.is_not_distinct_from(row.lease_owner)
            taken = (
                sa.update(jobs)
                .where(jobs.c.id == row.id, jobs.c.status.in_(WAITING), same)
                .values(
                    lease_owner=owner,
                    lease_until=time.time() + seconds,
                    attempts=jobs.c.attempts + 1,
                )
            )
            with self._database.write() as connection:
                won = connection.execute(taken).rowcount
            if won:
                return self.find(row.id)
        return None

    def renew(self, job: str, owner: str, seconds: float) -> Wanted | None:
        """Hold a job for so many seconds more; what someone wants of it meanwhile.

        Raises:
            LeaseLost: it is somebody else's now.
        """
        with self._database.write() as connection:
            self._owned(connection, job, owner)
            _set(connection, job, lease_until=time.time() + seconds)
        found = self.find(job)
        return None if found is None else found.wanted

    def release(self, job: str, owner: str, status: Status | None = None) -> None:
        """Give a job back, as it is or as ``status``; paused only where that is still wanted. The next
        worker goes on with it, and hears what was asked while this one let go.

        Raises:
            LeaseLost: it was not ``owner``'s any more.
        """
        with self._database.write() as connection:
            row = self._owned(connection, job, owner)
            given: dict[str, Any] = {"lease_owner": None, "lease_until": None, "attempts": 0}
            if status == "paused" and row.wanted == "paused":
                given |= {"status": status, "wanted": None}
            elif status is not None:
                given["status"] = "queued" if status == "paused" else status
            _set(connection, job, **given)

    def change(self, job: str, owner: str, **fields: Any) -> Job:
        """Write down more of a job that ``owner`` holds; fields as in ``Job``.

        Raises:
            LeaseLost: it is somebody else's now.
        """
        with self._database.write() as connection:
            row = self._owned(connection, job, owner)
            changed = _job(row).model_copy(update=fields)
            columns = {name: fields[name] for name in _OWN if name in fields}
            _set(connection, job, record=changed.model_dump_json(), **columns)
        return changed

    def finish(
        self,
        job: str,
        owner: str,
        status: Status,
        models: Sequence[TunedModel] = (),
        **fields: Any,
    ) -> Job:
        """End a job that ``owner`` holds: its models get their names and webhooks are due, all of it
        or nothing.

        Raises:
            LeaseLost: it is somebody else's now.
        """
        with self._database.write() as connection:
            row = self._owned(connection, job, owner)
            for model in models:
                self.tuned.add(connection, model)
            return self._end(connection, _job(row), status, **fields)

    def tuned_model(self, name: str) -> TunedModel | None:
        """The tuned model or checkpoint of this name, or None."""
        return self.tuned.find(name)

    def tuned_models(self) -> list[TunedModel]:
        """Every tuned model and checkpoint that can be called, the newest first."""
        return self.tuned.all()

    def _end(self, connection: sa.Connection, job: Job, status: Status, **fields: Any) -> Job:
        ended: dict[str, Any] = {"finished": now(), "estimated_finish": None, **fields}
        done = job.model_copy(update={"status": status, "wanted": None, **ended})
        _set(
            connection,
            job.id,
            status=status,
            wanted=None,
            lease_owner=None,
            lease_until=None,
            record=done.model_dump_json(),
        )
        self._webhooks.announce(connection, f"fine_tuning.job.{status}", job.id)
        return done

    @staticmethod
    def _locked(connection: sa.Connection, job: str) -> sa.Row[Any] | None:
        """The row, which nobody else changes before this transaction is over."""
        if not possible(job):
            return None
        query = sa.select(jobs).where(jobs.c.id == job).with_for_update()
        return connection.execute(query).one_or_none()

    def _owned(self, connection: sa.Connection, job: str, owner: str) -> sa.Row[Any]:
        row = self._locked(connection, job)
        if row is None or row.lease_owner != owner:
            raise LeaseLost("this job is somebody else's now", where=job)
        return row


def _set(connection: sa.Connection, job: str, **columns: Any) -> None:
    connection.execute(sa.update(jobs).where(jobs.c.id == job).values(**columns))


def _job(row: sa.Row[Any]) -> Job:
    said = json.loads(row.record)
    return Job.model_validate({**said, **{name: getattr(row, name) for name in _OWN}})
