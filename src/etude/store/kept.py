"""Fitted candidates that a run keeps: names for folders in the cache, safe from pruning."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from etude.errors import StoreError
from etude.store.database import Database
from etude.store.tables import kept, runs


class KeptCandidates:
    """The kept candidates below one ``.etude`` folder."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    def keep(self, run: str, name: str, path: Path) -> None:
        """Remember that ``run`` fitted the candidate ``name`` into ``path`` (in ``.etude``).

        Raises:
            StoreError: ``path`` is elsewhere or not there, or there is no such run.
        """
        if not path.is_dir() or not path.is_relative_to(self._folder):
            raise StoreError(
                f"the candidate {name} is not in the project",
                where=str(path),
                expected=f"a folder below {self._folder}",
            )
        place = path.relative_to(self._folder).as_posix()
        with self._database.write() as connection:
            if connection.execute(sa.select(runs.c.id).where(runs.c.id == run)).scalar() is None:
                raise StoreError(f"there is no run {run}", where=self._database.where)
            connection.execute(sa.insert(kept).values(run=run, name=name, path=place))

    def folder(self, name: str, run: str | None = None) -> Path:
        """Where the candidate lies: the newest of that name, or ``run``'s.

        Raises:
            StoreError: none was kept, or its folder is gone.
        """
        query = sa.select(kept.c.path).where(kept.c.name == name)
        if run is not None:
            query = query.where(kept.c.run == run)
        with self._database.read() as connection:
            place: str | None = connection.execute(
                query.order_by(kept.c.seq.desc()).limit(1)
            ).scalar()
        if place is None:
            raise StoreError(f"no candidate {name} was kept", hint="etude compare")
        path = self._folder / place
        if not path.is_dir():
            raise StoreError(
                f"the fitted candidate {name} is gone", where=str(path), hint="etude compare"
            )
        return path

    def folders(self) -> set[Path]:
        """Every kept folder: the newest of each name."""
        newest = sa.select(sa.func.max(kept.c.seq)).group_by(kept.c.name)
        query = sa.select(kept.c.path).where(kept.c.seq.in_(newest))
        with self._database.read() as connection:
            places: list[str] = list(connection.execute(query).scalars())
        return {self._folder / place for place in places}
