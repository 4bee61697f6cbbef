"""Addresses that want to be told of events, and what is still to be told to each.

An event is put down in the transaction that makes it true, so that none is lost; it is sent until it
is taken or too old. Nothing here knows how it is signed or sent.
"""

from __future__ import annotations

import json
import time

import sqlalchemy as sa

from etude.records.tuning import Delivery, Endpoint
from etude.store.database import Database
from etude.store.ids import made, now, possible
from etude.store.serving_tables import webhook_deliveries as deliveries
from etude.store.serving_tables import webhook_endpoints as endpoints

_KEPT_SECONDS = 30 * 24 * 3600
"""What became of a delivery can be looked up so long."""


class Webhooks:
    """The endpoints of one project, and their queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Endpoints

    def put(self, endpoint: Endpoint) -> None:
        """Keep an endpoint, or what was changed of it."""
        record = endpoint.model_dump_json()
        row = self._database.insert(endpoints).values(
            id=endpoint.id, created=endpoint.created, record=record
        )
        with self._database.write() as connection:
            connection.execute(
                row.on_conflict_do_update(index_elements=["id"], set_={"record": record})
            )

    def find(self, endpoint: str) -> Endpoint | None:
        """The endpoint of this id, or None."""
        if not possible(endpoint):
            return None
        query = sa.select(endpoints.c.record).where(endpoints.c.id == endpoint)
        with self._database.read() as connection:
            row = connection.execute(query).scalar_one_or_none()
        return None if row is None else Endpoint.model_validate_json(row)

    def page(self, *, after: str | None = None, limit: int = 20) -> tuple[list[Endpoint], bool]:
        """Some endpoints, the newest first, and whether there are more.

        Raises:
            KeyError: ``after`` is no endpoint.
        """
        if after is not None and not possible(after):
            raise KeyError(after)
        query = sa.select(endpoints.c.record).order_by(endpoints.c.seq.desc())
        with self._database.read() as connection:
            if after is not None:
                seq = sa.select(endpoints.c.seq).where(endpoints.c.id == after)
                place = connection.execute(seq).scalar_one_or_none()
                if place is None:
                    raise KeyError(after)
                query = query.where(endpoints.c.seq < place)
            rows = list(connection.execute(query.limit(limit + 1)).scalars())
        return [Endpoint.model_validate_json(row) for row in rows[:limit]], len(rows) > limit

    def delete(self, endpoint: str) -> bool:
        """Forget an endpoint and what is still to be told to it; False where there is none."""
        if not possible(endpoint):
            return False
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(endpoints).where(endpoints.c.id == endpoint))
            connection.execute(
                sa.delete(deliveries).where(
                    deliveries.c.endpoint == endpoint, deliveries.c.status == "pending"
                )
            )
        return bool(gone.rowcount)

    # What is to be told

    def announce(self, connection: sa.Connection, event: str, subject: str) -> None:
        """Put an event down for every endpoint that wants its type, in a transaction under way.

        Args:
            connection: of the transaction.
            event: its type, "fine_tuning.job.succeeded".
            subject: the id of what it is about.
        """
        for row in connection.execute(sa.select(endpoints.c.record)).scalars().all():
            endpoint = Endpoint.model_validate_json(row)
            if event in endpoint.event_types:
                self._add(connection, delivery(endpoint.id, event, subject))

    def take(self, seconds: float) -> Delivery | None:
        """The delivery that is due longest, held for so many seconds; None where none is due."""
        at = time.time()
        free = sa.or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < at)
        due = sa.select(deliveries).where(
            deliveries.c.status == "pending", deliveries.c.due <= at, free
        )
        with self._database.read() as connection:  # asked often, mostly for nothing
            if connection.execute(due.limit(1)).first() is None:
                return None
        with self._database.write() as connection:
            query = due.order_by(deliveries.c.due).limit(1).with_for_update(skip_locked=True)
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            self._set(connection, row.id, lease_until=at + seconds)
        return Delivery.model_validate_json(row.record)

    def told(self, sent: Delivery, *, delivered: bool, again: float | None = None) -> None:
        """Write down how an attempt went; ``again``: seconds to the next one, None for no more."""
        status = "delivered" if delivered else "failed" if again is None else "pending"
        with self._database.write() as connection:
            self._set(
                connection,
                sent.id,
                status=status,
                due=time.time() + (again or 0.0),
                attempts=sent.attempts,
                lease_until=None,
                record=sent.model_dump_json(),
            )
            connection.execute(
                sa.delete(deliveries).where(
                    deliveries.c.status != "pending", deliveries.c.due < time.time() - _KEPT_SECONDS
                )
            )

    def pending(self, endpoint: str) -> list[Delivery]:
        """What is still to be told to an endpoint, the most pressing first."""
        query = sa.select(deliveries.c.record).where(
            deliveries.c.endpoint == endpoint, deliveries.c.status == "pending"
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(deliveries.c.due)).scalars().all()
        return [Delivery.model_validate_json(row) for row in rows]

    @staticmethod
    def _add(connection: sa.Connection, wanted: Delivery) -> None:
        connection.execute(
            sa.insert(deliveries).values(
                id=wanted.id,
                endpoint=wanted.endpoint,
                due=time.time(),
                attempts=0,
                status="pending",
                record=wanted.model_dump_json(),
            )
        )

    @staticmethod
    def _set(connection: sa.Connection, name: str, **columns: object) -> None:
        connection.execute(sa.update(deliveries).where(deliveries.c.id == name).values(**columns))


def delivery(endpoint: str, event: str, subject: str) -> Delivery:
    """An event as it is sent: OpenAI's shape, with the id of what it is about and no more."""
    said = {
        "id": made("evt_"),
        "object": "event",
        "created_at": now(),
        "type": event,
        "data": {"id": subject},
    }
    return Delivery(
        id=made("wh_"), endpoint=endpoint, created=now(), type=event, body=json.dumps(said)
    )
