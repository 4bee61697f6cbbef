"""Models that tuning jobs made, by the names that they are called by."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from etude.records.tuning import TunedModel
from etude.store import atomic
from etude.store.database import Database
from etude.store.ids import possible
from etude.store.serving_tables import tuned_models


class Tuned:
    """The tuned models of one project.

    Args:
        folder: its ``.etude``, which their paths are relative to.
        database: the project's.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database

    def find(self, name: str) -> TunedModel | None:
        """The model of this name, or None."""
        if not possible(name):
            return None
        query = sa.select(tuned_models.c.record).where(tuned_models.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).scalar_one_or_none()
        return None if row is None else TunedModel.model_validate_json(row)

    def all(self) -> list[TunedModel]:
        """Every tuned model, the newest first."""
        query = sa.select(tuned_models.c.record).order_by(tuned_models.c.seq.desc())
        with self._database.read() as connection:
            rows = connection.execute(query).scalars().all()
        return [TunedModel.model_validate_json(row) for row in rows]

    def add(self, connection: sa.Connection, model: TunedModel) -> None:
        """Name a model whose folder is there; a name that is taken stays as it is."""
        values = {
            "name": model.name,
            "job": model.job,
            "path": model.path,
            "created": model.created,
            "record": model.model_dump_json(),
        }
        self._database.insert_once(connection, tuned_models, values)

    def remove(self, name: str) -> bool:
        """Forget a model; False where there is none. Its folder goes with the last name that needs
        it."""
        if not possible(name):
            return False
        with self._database.write() as connection:
            query = sa.select(tuned_models.c.record).where(tuned_models.c.name == name)
            row = connection.execute(query).scalar_one_or_none()
            if row is None:
                return False
            connection.execute(sa.delete(tuned_models).where(tuned_models.c.name == name))
        self.discard(TunedModel.model_validate_json(row).path)
        return True

    def discard(self, path: str) -> None:
        """Remove a folder of weights that no name needs."""
        if not any(path in (model.path, model.start) for model in self.all()):
            temps = self.folder / "work"
            temps.mkdir(exist_ok=True)
            atomic.discard(self.folder / path, temps)
