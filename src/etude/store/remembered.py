"""What a model on this machine said or learned, by what it was asked: kept so that it is not computed
again. Nothing was paid for it, so nothing is counted as spent.

Many at a time in one transaction; safe from threads and processes. It ignores what the values mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from etude.errors import StoreError
from etude.store.database import Database
from etude.store.tables import responses

AT_ONCE = 500
"""Keys in one query: databases bound how many values it may have."""


class Remembered:
    """The values of one ``space``, which names all that they depend on besides their keys."""

    def __init__(self, space: str, database: Database, now: Callable[[], str]) -> None:
        self.space = space
        self._database = database
        self._now = now

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of ``keys`` that are known, with their values.

        Raises:
            StoreError: a row can't be read.
        """
        found: dict[str, dict[str, Any]] = {}
        with self._database.read() as connection:
            for some in _pieces(keys):
                query = sa.select(responses.c.key, responses.c.response).where(
                    responses.c.model_key == self.space, responses.c.key.in_(some)
                )
                for key, text in connection.execute(query):
                    found[key] = self._read(key, text)
        return found

    def any(self) -> bool:
        """Whether anything is known."""
        query = sa.select(responses.c.key).where(responses.c.model_key == self.space).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        """Keep these for good. Where one is known already the first stays, so that everybody reads the
        same.

        Raises:
            StoreError: the disk is full or refuses.
        """
        with self._database.write() as connection:
            for key, value in values.items():
                row = {
                    "model_key": self.space,
                    "key": key,
                    "response": json.dumps(value),
                    "cost": 0.0,
                    "stored": self._now(),
                }
                self._database.insert_once(connection, responses, row)

    def _read(self, key: str, text: str) -> dict[str, Any]:
        try:
            value: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise StoreError(
                f"the stored answer {key} is damaged",
                where=self._database.where,
                hint="put back a copy of the database, or move it away",
            ) from error
        return value


def _pieces(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
