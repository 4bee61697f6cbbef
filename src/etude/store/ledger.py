"""The ledger of looks at examples kept aside: written, read, never changed."""

from __future__ import annotations

import sqlalchemy as sa

from etude.records.run import Look
from etude.store.database import Database
from etude.store.tables import looks


class Ledger:
    """The project's ledger; triggers in the database refuse changes and removals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, look: Look) -> None:
        """Add a look."""
        with self._database.write() as connection:
            connection.execute(
                sa.insert(looks).values(
                    holdout_id=look.holdout_id, run=look.run, record=look.model_dump_json()
                )
            )

    def looked_at(self) -> list[str]:
        """Every set of held-out examples that was looked at, by its id."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(looks.c.holdout_id).distinct()).scalars())

    def looks(self, *holdout_ids: str) -> list[Look]:
        """Every look at any of these sets of held-out examples, oldest first."""
        query = sa.select(looks.c.record).where(looks.c.holdout_id.in_(holdout_ids))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(looks.c.seq)).scalars().all()
        return [Look.model_validate_json(row) for row in rows]
