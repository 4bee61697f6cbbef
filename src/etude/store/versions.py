"""Dataset versions on disk: one folder each, never changed; the database says which is in use.

It knows folders and their order, and ignores what is in them but for the name of the split table.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from etude.errors import StoreError
from etude.store import atomic
from etude.store.database import Database
from etude.store.layout import safe_name
from etude.store.locks import Notice, locked
from etude.store.tables import dataset_versions

SPLITS = "splits.parquet"


class Versions:
    """The dataset versions below one ``.etude`` folder; arguments as in ``Runs``."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        now: Callable[[], str],
        notice: Notice | None = None,
    ) -> None:
        self._folder = folder
        self._database = database
        self._now = now
        self._notice = notice

    def save(self, version: str, write: Callable[[Path], object]) -> Path:
        """The version's folder, filled by ``write(folder)`` unless it is there; now in use.

        Raises:
            StoreError: the disk is full or refuses; no half folder stays.
        """
        path = self._path(version)
        if not path.is_dir():
            with locked(self._folder / "work" / f"version-{version}.lock", self._notice):
                if not path.is_dir():
                    with atomic.folder(path) as out:
                        write(out)
        with self._database.write() as connection:
            if _in_use(connection) != version:
                self._add(connection, version)
        return path

    def folder(self, version: str) -> Path:
        """The version's folder.

        Raises:
            StoreError: it is not there.
        """
        path = self._path(version)
        if not path.is_dir():
            raise StoreError(
                f"the dataset version {version} is not there",
                where=str(path),
                hint="put the folder back from a copy, or move the whole .etude folder away to "
                "start afresh",
            )
        return path

    def folders(self) -> list[Path]:
        """Of every version that is there, in no order that means anything."""
        return sorted(path for path in (self._folder / "versions").iterdir() if path.is_dir())

    def latest(self) -> str | None:
        """The version that was saved last, also where it had been saved before; None: none."""
        with self._database.read() as connection:
            return _in_use(connection)

    def assignments(self) -> Path | None:
        """The split table that every new version must respect; None before the first version.

        It is the newest version's by first save: going back to older examples forgets nothing.

        Raises:
            StoreError: the newest version or its table is gone.
        """
        first = sa.func.min(dataset_versions.c.seq)
        query = (
            sa.select(dataset_versions.c.id)
            .group_by(dataset_versions.c.id)
            .order_by(first.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            version = connection.execute(query).scalar()
        if version is None:
            return None
        path = self.folder(version) / SPLITS
        if not path.is_file():
            raise StoreError(
                "the table of which examples are kept aside is missing",
                where=str(path),
                hint="put it back from a copy, or move the whole .etude folder away to start "
                "afresh",
            )
        return path

    def save_assignments(self, version: str, write: Callable[[Path], object]) -> Path:
        """Put the split table into a saved version's folder by ``write(path)``, whole.

        Raises:
            StoreError: there is no such version, or the disk is full or refuses.
        """
        path = self.folder(version) / SPLITS
        atomic.write_with(path, write)
        return path

    def adopt(self) -> None:
        """Write the folders that are there into a new database, oldest first: a lost database
        must not lose which examples were kept aside."""
        found = [p for p in (self._folder / "versions").iterdir() if (p / SPLITS).is_file()]
        found.sort(key=lambda path: (path / SPLITS).stat().st_mtime)
        if found:
            with self._database.write() as connection:
                for path in found:
                    self._add(connection, path.name)

    def _add(self, connection: sa.Connection, version: str) -> None:
        connection.execute(sa.insert(dataset_versions).values(id=version, saved=self._now()))

    def _path(self, version: str) -> Path:
        return self._folder / "versions" / safe_name(version, "dataset version")


def _in_use(connection: sa.Connection) -> str | None:
    query = sa.select(dataset_versions.c.id).order_by(dataset_versions.c.seq.desc()).limit(1)
    version: str | None = connection.execute(query).scalar()
    return version
