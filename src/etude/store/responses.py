"""Responses that endpoints were paid for, and what was spent: ``models.ResponseCache``.

Durable when ``put`` returns, whatever kills the process; safe from threads and processes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from etude.errors import StoreError
from etude.store.database import Database
from etude.store.tables import responses, spending


class Responses:
    """The responses of one model; ``model_key`` names the endpoint, the model and its settings."""

    def __init__(self, model_key: str, database: Database, now: Callable[[], str]) -> None:
        self.model_key = model_key
        self._database = database
        self._now = now

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored response, or None.

        Raises:
            StoreError: the row can't be read.
        """
        query = sa.select(responses.c.response).where(
            responses.c.model_key == self.model_key, responses.c.key == key
        )
        with self._database.read() as connection:
            text = connection.execute(query).scalar()
        if text is None:
            return None
        try:
            response: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise StoreError(
                f"the stored response {key} is damaged",
                where=self._database.where,
                hint="put back a copy of the database, or move it away",
            ) from error
        return response

    def put(self, key: str, response: dict[str, Any], cost: float) -> None:
        """Store a response and add its cost to the spending, both or neither.

        Where another process has stored one for ``key``, the first stays, so that every process
        reads the same; the cost counts all the same, because it was paid.

        Raises:
            ValueError: ``cost`` is negative or not finite.
        """
        if not (math.isfinite(cost) and cost >= 0):
            raise ValueError(f"a cost is a finite amount of money, not {cost}")
        row = {
            "model_key": self.model_key,
            "key": key,
            "response": json.dumps(response),
            "cost": cost,
            "stored": self._now(),
        }
        database = self._database
        spent = database.insert(spending).values(model_key=self.model_key, amount=cost, requests=1)
        with database.write() as connection:
            database.insert_once(connection, responses, row)
            connection.execute(
                spent.on_conflict_do_update(
                    index_elements=["model_key"],
                    set_={
                        "amount": spending.c.amount + cost,
                        "requests": spending.c.requests + 1,
                    },
                )
            )

    def spent(self) -> float:
        """Money spent so far in this project on this model."""
        query = sa.select(spending.c.amount).where(spending.c.model_key == self.model_key)
        with self._database.read() as connection:
            return float(connection.execute(query).scalar() or 0.0)
