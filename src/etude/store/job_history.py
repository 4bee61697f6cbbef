"""What happened to tuning jobs, and the models after some of their steps.

An event has a key that says what it is about: a job that goes on after a kill passes the same steps
again, and nothing is said twice.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from etude.records.tuning import JobCheckpoint, JobEvent, TunedModel
from etude.store.database import Database
from etude.store.ids import made, now, possible
from etude.store.serving_tables import job_checkpoints, job_events, tuned_models
from etude.store.tuned import Tuned


class History:
    """Events and checkpoints of all jobs."""

    def __init__(self, database: Database, tuned: Tuned) -> None:
        self._database = database
        self._tuned = tuned

    def say(
        self,
        job: str,
        message: str,
        *,
        key: str = "",
        level: str = "info",
        kind: str = "message",
        data: dict[str, Any] | None = None,
    ) -> bool:
        """Write down an event, unless one with its key is there; True where it is new.

        Args:
            job: what it is about.
            message: for people.
            key: what is said; "" for something that may be said again.
            level: "info", "warn" or "error".
            kind: "message" or "metrics".
            data: for programs.
        """
        event = JobEvent.model_validate(
            {
                "id": made("ftevent-"),
                "created": now(),
                "level": level,
                "message": message,
                "type": kind,
                "data": data or {},
            }
        )
        values = {
            "job": job,
            "id": event.id,
            "key": key or event.id,
            "record": event.model_dump_json(),
        }
        with self._database.write() as connection:
            return self._database.insert_once(connection, job_events, values)

    def events(
        self, job: str, *, after: str | None = None, limit: int = 20
    ) -> tuple[list[JobEvent], bool]:
        """Some events, the newest first, and whether there are more.

        Raises:
            KeyError: ``after`` is no event of the job.
        """
        rows, more = self._page(job_events, job, after, limit)
        return [JobEvent.model_validate_json(row) for row in rows], more

    def add_checkpoint(
        self, job: str, checkpoint: JobCheckpoint, model: TunedModel | None, keep: int
    ) -> bool:
        """Write down a model after some steps, once, and forget older ones beyond ``keep``.

        Args:
            job: whose.
            checkpoint: what is listed.
            model: by which it can be called; None: it is named already.
            keep: how many stay.
        """
        values = {
            "job": job,
            "id": checkpoint.id,
            "step": checkpoint.step,
            "record": checkpoint.model_dump_json(),
        }
        with self._database.write() as connection:
            new = self._database.insert_once(connection, job_checkpoints, values)
            if model is not None:
                self._tuned.add(connection, model)
            left = self._forget(connection, job, keep)
        for path in left:
            self._tuned.discard(path)
        return new

    def checkpoints(
        self, job: str, *, after: str | None = None, limit: int = 10
    ) -> tuple[list[JobCheckpoint], bool]:
        """Some checkpoints, the newest first, and whether there are more.

        Raises:
            KeyError: ``after`` is no checkpoint of the job.
        """
        rows, more = self._page(job_checkpoints, job, after, limit)
        return [JobCheckpoint.model_validate_json(row) for row in rows], more

    def _page(
        self, table: sa.Table, job: str, after: str | None, limit: int
    ) -> tuple[list[str], bool]:
        query = sa.select(table.c.record).where(table.c.job == job)
        if after is not None and not possible(after):
            raise KeyError(after)
        with self._database.read() as connection:
            if after is not None:
                seq = sa.select(table.c.seq).where(table.c.id == after, table.c.job == job)
                place = connection.execute(seq).scalar_one_or_none()
                if place is None:
                    raise KeyError(after)
                query = query.where(table.c.seq < place)
            query = query.order_by(table.c.seq.desc()).limit(limit + 1)
            rows = list(connection.execute(query).scalars())
        return rows[:limit], len(rows) > limit

    @staticmethod
    def _forget(connection: sa.Connection, job: str, keep: int) -> list[str]:
        """Folders of the checkpoints that are not listed any more."""
        query = sa.select(job_checkpoints).where(job_checkpoints.c.job == job)
        rows = connection.execute(query.order_by(job_checkpoints.c.step.desc())).all()
        paths: list[str] = []
        for row in rows[keep:]:
            name = JobCheckpoint.model_validate_json(row.record).model
            named = sa.select(tuned_models.c.path).where(tuned_models.c.name == name)
            paths += connection.execute(named).scalars().all()
            connection.execute(sa.delete(tuned_models).where(tuned_models.c.name == name))
            connection.execute(sa.delete(job_checkpoints).where(job_checkpoints.c.id == row.id))
        return paths
