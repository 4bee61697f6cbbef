"""What was asked and answered: a row a request, written many at a time, its text forgotten in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etude.records.traffic import Served
from etude.store.api_keys import add_usage
from etude.store.database import Database
from etude.store.ids import possible
from etude.store.serving_tables import traffic

_COLUMNS = [traffic.c[name] for name in Served.model_fields]


class Traffic:
    """The traffic of one project."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Sequence[Served], text_seconds: float) -> None:
        """Write rows in one transaction, with what their keys used by that; a row that is there
        already changes nothing.

        Args:
            rows: with text only where it is to be kept; personal data is taken out of it already.
            text_seconds: how long text is kept, from the row's time.
        """
        unique = {row.id: row for row in rows}
        with self._database.write() as connection:
            if any(row.key for row in rows):
                self._count(connection, unique)
            put = self._database.insert(traffic).on_conflict_do_nothing(index_elements=["id"])
            connection.execute(
                put.inline(), [_values(row, text_seconds) for row in unique.values()]
            )

    def _count(self, connection: sa.Connection, rows: dict[str, Served]) -> None:
        there = sa.select(traffic.c.id).where(traffic.c.id.in_(rows))
        known = set(connection.execute(there).scalars())
        requests, tokens = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for row in rows.values():
            if row.key is not None and row.id not in known:
                day = datetime.fromtimestamp(row.time, UTC).strftime("%Y-%m-%d")
                requests[day, row.key] += 1
                tokens[day, row.key] += row.tokens_in + row.tokens_out
        for on in sorted({day for day, _ in requests}):
            used = {k: (n, tokens[day, k]) for (day, k), n in requests.items() if day == on}
            add_usage(self._database, connection, on, used)

    def get(self, response: str) -> Served | None:
        """The row of a response, by its id."""
        query = sa.select(*_COLUMNS).where(traffic.c.id == response)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Served(**row)

    def newest(
        self, limit: int, after: str | None = None, request_id: str | None = None
    ) -> list[Served]:
        """Rows, newest first; ``after``: those before the row of that id; ``request_id``: those of
        requests that are called so."""
        query = sa.select(*_COLUMNS).order_by(traffic.c.seq.desc()).limit(limit)
        if request_id is not None and not possible(request_id):
            return []
        if request_id is not None:
            query = query.where(traffic.c.request_id == request_id)
        if after is not None:
            at = sa.select(traffic.c.seq).where(traffic.c.id == after).scalar_subquery()
            query = query.where(traffic.c.seq < at)
        with self._database.read() as connection:
            return [Served(**row) for row in connection.execute(query).mappings()]

    def forget_text(self, now: float) -> int:
        """Remove text whose time is over; how many rows had such."""
        gone = traffic.c.expires < now
        with self._database.write() as connection:
            if self._database.is_sqlite:
                # Else the text would lie in the file until something else is written there.
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            done = connection.execute(
                sa.update(traffic).where(gone).values(input=None, output=None, expires=None)
            )
            return done.rowcount


def _values(row: Served, text_seconds: float) -> dict[str, Any]:
    texts = {"input": _storable(row.input), "output": _storable(row.output)}
    has_text = any(text is not None for text in texts.values())
    return dict(row) | texts | {"expires": row.time + text_seconds if has_text else None}


def _storable(text: str | None) -> str | None:
    """Without what no database holds: half characters."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
