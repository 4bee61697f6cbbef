"""Files that came over the network or are to be fetched: a row each, and the bytes under its id.

Names that people give are kept to be shown; no path is ever made of one. Bytes come first, the row
last: a file that has a row is whole, whatever killed the process, and bytes without one are swept.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Literal

import sqlalchemy as sa

from etude.errors import StoreError
from etude.records.tuning import StoredFile
from etude.store import atomic
from etude.store.database import Database
from etude.store.disk import TEMPORARY, storing
from etude.store.ids import made, now, possible
from etude.store.serving_tables import files

_SHOWN = 200
"""Characters of a given name that are kept."""
_STRAY_SECONDS = 3600.0
"""Bytes without a row are left alone so long: their row may be about to be written."""


class Incoming:
    """Bytes on their way to the disk; hashed and counted as they come."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Add to the file."""
        self._handle.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """Of what came so far."""
        return self._hash.hexdigest()


class Files:
    """The files of one project.

    Args:
        folder: its ``.etude``.
        database: the project's.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder / "files"
        self._database = database

    @staticmethod
    def new() -> str:
        """A fresh id."""
        return made("file-")

    @contextmanager
    def receive(self, file: str) -> Iterator[Incoming]:
        """``with files.receive(id) as incoming:`` the bytes of a file to be; ``add`` gives it its
        row. They are removed where something goes wrong. ``file``: from ``new``.

        Raises:
            StoreError: the disk is full or refuses.
        """
        with atomic.file(self.folder / file) as temp, temp.open("wb") as handle:
            yield Incoming(handle)
            handle.flush()

    def add(
        self,
        file: str,
        incoming: Incoming,
        *,
        purpose: str,
        filename: str,
        expires: int | None = None,
    ) -> StoredFile:
        """Write the row of a file whose bytes were received under this id."""
        row = StoredFile(
            id=file,
            purpose=purpose,
            filename=shown(filename),
            bytes=incoming.bytes,
            sha256=incoming.sha256,
            created=now(),
            expires=expires,
        )
        with self._database.write() as connection:
            self._database.insert_once(connection, files, row.model_dump())
        return row

    def write(self, data: bytes, *, purpose: str, filename: str, file: str = "") -> StoredFile:
        """Keep bytes that were made here; under an id that is there already nothing changes."""
        name = file or self.new()
        found = self.find(name)
        if found is not None:
            return found
        with self.receive(name) as incoming:
            incoming.write(data)
        return self.add(name, incoming, purpose=purpose, filename=filename)

    def find(self, file: str) -> StoredFile | None:
        """The file of this id, or None; an expired one is none."""
        if not possible(file):
            return None
        query = sa.select(files).where(files.c.id == file, _alive())
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _record(row)

    def path(self, file: str) -> Path:
        """Where the bytes of a file lie.

        Raises:
            StoreError: there is no such file.
        """
        found = self.find(file)
        path = None if found is None else self.folder / found.id
        if path is None or not path.is_file():
            raise StoreError("there is no such file", where=shown(file))
        return path

    def page(
        self,
        *,
        after: str | None = None,
        limit: int = 10_000,
        order: Literal["asc", "desc"] = "desc",
        purpose: str | None = None,
    ) -> tuple[list[StoredFile], bool]:
        """Some files by age, and whether there are more.

        Raises:
            KeyError: ``after`` is no file.
        """
        if not possible((after or "") + (purpose or "")):
            raise KeyError(after)
        query = sa.select(files).where(_alive())
        if purpose is not None:
            query = query.where(files.c.purpose == purpose)
        newest = order == "desc"
        with self._database.read() as connection:
            if after is not None:
                seq = sa.select(files.c.seq).where(files.c.id == after)
                place = connection.execute(seq).scalar_one_or_none()
                if place is None:
                    raise KeyError(after)
                query = query.where(files.c.seq < place if newest else files.c.seq > place)
            query = query.order_by(files.c.seq.desc() if newest else files.c.seq)
            rows = connection.execute(query.limit(limit + 1)).all()
        return [_record(row) for row in rows[:limit]], len(rows) > limit

    def delete(self, file: str) -> bool:
        """Remove a file; False where there was none."""
        if not possible(file):
            return False
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(files).where(files.c.id == file)).rowcount
        if gone:
            atomic.remove(self.folder / file)
        return bool(gone)

    def sweep(self) -> int:
        """Remove expired files, and bytes that belong to none; how many."""
        with self._database.read() as connection:
            old = connection.execute(sa.select(files.c.id).where(~_alive())).scalars().all()
        count = sum(self.delete(file) for file in old)
        with self._database.read() as connection:
            known = set(connection.execute(sa.select(files.c.id)).scalars())
        before = time.time() - _STRAY_SECONDS
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            with suppress(FileNotFoundError):
                stray = path.name not in known and not path.name.startswith(TEMPORARY)
                if stray and path.stat().st_mtime < before:
                    atomic.remove(path)
                    count += 1
        if self.folder.is_dir():
            count += atomic.sweep(self.folder)
        return count

    def copy(self, file: str, to: Path) -> None:
        """Put the bytes of a file at ``to`` as well, so that they outlive it.

        Raises:
            StoreError: there is no such file, or the disk is full or refuses.
        """
        source = self.path(file)
        with atomic.file(to) as temp, storing(to):
            shutil.copyfile(source, temp)


def shown(name: str) -> str:
    """A name as someone gave it, without folders, short and printable."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c if c.isprintable() else "_" for c in last)[-_SHOWN:] or "file"


def _alive() -> sa.ColumnElement[bool]:
    return sa.or_(files.c.expires.is_(None), files.c.expires > now())


def _record(row: sa.Row[tuple[object, ...]]) -> StoredFile:
    said = dict(row._mapping)
    del said["seq"]
    return StoredFile.model_validate(said)
