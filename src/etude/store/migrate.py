"""Makes a database and brings an older one up to date, once, however many processes ask.

Where there is nothing to do it imports no alembic, which takes a quarter of a second.
"""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from etude.errors import StoreError
from etude.store import atomic
from etude.store.database import Database, sqlite_url
from etude.store.locks import Notice, locked
from etude.store.schema import HEAD, damaged, is_current, judge

_ADVISORY = 0x6574756465  # "etude": PostgreSQL's locks are numbers


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def prepare_sqlite(path: Path, lock: Path, notice: Notice | None = None) -> bool:
    """Make the database at ``path``, or bring it up to date; True where it was made.

    A new one is made under a temporary name and moved into place whole. An older one is changed
    in one transaction.

    Raises:
        StoreError: it is damaged, locked, not Etude's, or made by a newer Etude.
    """
    if path.exists() and is_current(path):
        return False
    with locked(lock, notice, "it prepares the database"):
        if path.exists():
            if not is_current(path):
                database = Database(sqlite_url(path))
                with database.write() as connection:
                    _upgrade(connection)
                database.close()
            return False
        journal = path.with_name(path.name + "-wal")
        if journal.exists() and journal.stat().st_size:
            raise StoreError(
                f"{path.name} is missing, but its {journal.name} is there",
                where=str(path),
                hint=f"put {path.name} back, or move {journal.name} away, "
                "and type the same command",
            )
        with atomic.file(path) as temp:
            try:
                database = Database(sqlite_url(temp))
                with database.write() as connection:
                    _upgrade(connection)
                database.close()
            finally:
                for ending in ("-wal", "-shm", "-journal"):
                    atomic.remove(temp.with_name(temp.name + ending))
        return True


def prepare_postgresql(url: URL, schema: str) -> bool:
    """Make the project's tables in ``schema``, or bring them up to date; True where made.

    Raises:
        StoreError: the server refuses, or a newer Etude made the tables.
    """
    database = Database(url, schema)
    try:
        with database.write() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY)))
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
            there = sa.inspect(connection).has_table("alembic_version", schema=schema)
            if there:
                query = sa.text("SELECT version_num FROM alembic_version")
                revision = connection.execute(query).scalar()
                if revision is None:
                    raise damaged(Path(schema), "it does not say which schema it has")
                if judge(str(revision), database.where):
                    return False
            _upgrade(connection)
            return not there
    finally:
        database.close()


def schema_name(file: Path, project: Path) -> str:
    """The PostgreSQL schema of the project, remembered in ``file``.

    Many projects may share one server: each has a schema of its own, named after its folder.
    """
    if not file.exists():
        words = "".join(c if c.isascii() and c.isalnum() else "_" for c in project.name.lower())
        with locked(file.parent / "work" / "database.lock"):
            if not file.exists():
                atomic.write_text(file, f"etude_{words[:40]}_{os.urandom(4).hex()}\n")
    return file.read_text(encoding="utf-8").strip()
