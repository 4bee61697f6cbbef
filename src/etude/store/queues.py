"""How long the queues of a server are: what an operator watches."""

from __future__ import annotations

import sqlalchemy as sa

from etude.store.database import Database
from etude.store.serving_tables import batches, jobs


def lengths(database: Database) -> dict[str, dict[str, int]]:
    """Of tuning jobs and of batches, how many there are in each status."""
    found = {}
    with database.read() as connection:
        for name, table in (("jobs", jobs), ("batches", batches)):
            query = sa.select(table.c.status, sa.func.count()).group_by(table.c.status)
            rows = connection.execute(query).all()
            found[name] = {row[0]: row[1] for row in rows}
    return found
