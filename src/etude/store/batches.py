"""Batches: a queue with leases, and the answers of each batch's lines, each written once.

A line is done when its answer is a row. A worker that is killed leaves rows and a lease; the next one
goes on with the lines that have none. Nothing here knows how a line is answered.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from etude.records.batch import OPEN, STAMPS, Batch, Counts, Status
from etude.store.database import Database
from etude.store.ids import now
from etude.store.leases import LeaseLost, is_held
from etude.store.serving_tables import batch_lines, batches
from etude.store.webhooks import Webhooks

_PAGE = 500
"""Lines that are read at a time."""


class Line(NamedTuple):
    """An answered line: its number from 1, and what goes into a file."""

    line: int
    failed: bool
    response: str


class Batches:
    """The batches of one project."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._webhooks = Webhooks(database)

    # For those who ask

    def create(self, batch: Batch) -> Batch:
        """Put a batch at the end of the queue."""
        values = {"id": batch.id, "status": batch.status, "created": batch.created}
        with self._database.write() as connection:
            record = batch.model_dump_json()
            connection.execute(sa.insert(batches).values(**values, record=record))
        return batch

    def find(self, batch: str) -> Batch | None:
        """The batch of this id, with how many of its lines are done."""
        with self._database.read() as connection:
            row = connection.execute(_one(batch)).one_or_none()
            return None if row is None else _with_counts(connection, _read(row))

    def page(self, limit: int, after: str | None = None) -> tuple[list[Batch], bool]:
        """Some batches, the newest first, and whether there are more.

        Raises:
            KeyError: ``after`` is no batch.
        """
        query = sa.select(batches).order_by(batches.c.seq.desc()).limit(limit + 1)
        with self._database.read() as connection:
            if after is not None:
                seq = connection.execute(
                    sa.select(batches.c.seq).where(batches.c.id == after)
                ).scalar()
                if seq is None:
                    raise KeyError(after)
                query = query.where(batches.c.seq < seq)
            rows = connection.execute(query).all()
            found = [_with_counts(connection, _read(row)) for row in rows[:limit]]
        return found, len(rows) > limit

    def cancel(self, batch: str) -> Batch | None:
        """Ask for a batch to be cancelled; what is answered already stays. One that is over is left
        as it is. None where there is no such batch."""
        with self._database.write() as connection:
            row = connection.execute(_one(batch).with_for_update()).one_or_none()
            if row is None:
                return None
            found = _read(row)
            if found.status in ("validating", "in_progress"):
                found = _moved(found, "cancelling")
                _put(connection, found)
            return _with_counts(connection, found)

    # For those who work

    def claim(self, owner: str, seconds: float) -> Batch | None:
        """The oldest batch that nobody works on, held by ``owner`` (``leases.holder``) for so many
        seconds; None where there is none."""
        waiting = sa.select(batches).where(batches.c.status.in_(OPEN)).order_by(batches.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(waiting).all()
        for row in rows:
            if is_held(row.lease_owner, row.lease_until):
                continue
            before = batches.c.lease_owner
            same = before.is_(None) if row.lease_owner is None else before == row.lease_owner
            taken = (
                sa.update(batches)
                .where(batches.c.id == row.id, batches.c.status.in_(OPEN), same)
                .values(lease_owner=owner, lease_until=time.time() + seconds)
            )
            with self._database.write() as connection:
                won = connection.execute(taken).rowcount
            if won:
                return self.find(row.id)
        return None

    def renew(self, batch: str, owner: str, seconds: float) -> Batch:
        """Hold on for so many seconds more; the batch as it is now.

        Raises:
            LeaseLost: somebody else holds it.
        """
        return self._held(batch, owner, {"lease_until": time.time() + seconds})

    def release(self, batch: str, owner: str) -> None:
        """Give a batch back: the next worker goes on with it.

        Raises:
            LeaseLost: somebody else holds it.
        """
        self._held(batch, owner, {"lease_owner": None, "lease_until": None})

    def change(self, batch: str, owner: str, status: Status | None = None, **fields: Any) -> Batch:
        """Write down more of a batch that ``owner`` holds. A batch that someone has cancelled does
        not go back to being worked on.

        Raises:
            LeaseLost: somebody else holds it.
        """
        with self._database.write() as connection:
            before = self._locked(connection, batch, owner)
            found = before.model_copy(update=fields)
            if status is not None and not (
                found.status == "cancelling" and status in ("in_progress", "finalizing")
            ):
                found = _moved(found, status)
            _put(connection, found)
            if found.status not in OPEN:
                # The files have them; the counts are in the record.
                connection.execute(sa.delete(batch_lines).where(batch_lines.c.batch == batch))
                if before.status in OPEN:
                    self._webhooks.announce(connection, f"batch.{found.status}", batch)
        return found

    def done(self, batch: str) -> set[int]:
        """Numbers of the lines that have their answers."""
        query = sa.select(batch_lines.c.line).where(batch_lines.c.batch == batch)
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def write_line(self, batch: str, line: Line) -> bool:
        """Write a line's answer; False, and nothing changes, where it has one."""
        values = {"batch": batch, **line._asdict()}
        with self._database.write() as connection:
            return self._database.insert_once(connection, batch_lines, values)

    def lines(self, batch: str) -> Iterator[Line]:
        """The answers in the order of the lines, a few at a time."""
        last = 0
        while True:
            query = (
                sa.select(batch_lines.c.line, batch_lines.c.failed, batch_lines.c.response)
                .where(batch_lines.c.batch == batch, batch_lines.c.line > last)
                .order_by(batch_lines.c.line)
                .limit(_PAGE)
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            yield from (Line(*row) for row in rows)
            last = rows[-1].line

    def _held(self, batch: str, owner: str, values: dict[str, Any]) -> Batch:
        with self._database.write() as connection:
            found = self._locked(connection, batch, owner)
            connection.execute(sa.update(batches).where(batches.c.id == batch).values(**values))
        return found

    def _locked(self, connection: sa.Connection, batch: str, owner: str) -> Batch:
        row = connection.execute(_one(batch).with_for_update()).one_or_none()
        if row is None or row.lease_owner != owner:
            raise LeaseLost("somebody else works on this batch", where=batch)
        return _read(row)


def _one(batch: str) -> sa.Select[Any]:
    return sa.select(batches).where(batches.c.id == batch)


def _read(row: sa.Row[Any]) -> Batch:
    return Batch.model_validate_json(row.record)


def _put(connection: sa.Connection, batch: Batch) -> None:
    connection.execute(
        sa.update(batches)
        .where(batches.c.id == batch.id)
        .values(status=batch.status, record=batch.model_dump_json())
    )


def _moved(batch: Batch, status: Status) -> Batch:
    stamps = batch.stamps | {STAMPS[status]: now()}
    return batch.model_copy(update={"status": status, "stamps": stamps})


def _with_counts(connection: sa.Connection, batch: Batch) -> Batch:
    if batch.status not in OPEN:
        return batch
    query = sa.select(batch_lines.c.failed, sa.func.count()).where(batch_lines.c.batch == batch.id)
    found = {row[0]: row[1] for row in connection.execute(query.group_by(batch_lines.c.failed))}
    counts = Counts(
        total=batch.counts.total, completed=found.get(False, 0), failed=found.get(True, 0)
    )
    return batch.model_copy(update={"counts": counts})
