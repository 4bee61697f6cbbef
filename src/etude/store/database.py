"""One SQLAlchemy engine for SQLite or PostgreSQL, and the errors of both in Etude's words.

SQLite runs in WAL mode: readers never wait for the writer. ``synchronous=NORMAL`` there means no
fsync a commit: whatever kills the process, every commit is kept, because the system holds it; a
power cut may take the last commits back but never tears the file. For answers and run lines that
trade is right: the alternative costs an fsync for each answer that is stored.

It knows transactions and connections, and ignores what the tables mean.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url

from etude.errors import StoreError
from etude.store.schema import BUSY_SECONDS, explain_sqlite

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _drop_in_child() -> None:
    # A forked child that used the parent's open connections would tear the database.
    for engine in list(_engines):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drop_in_child)


def sqlite_url(path: Path) -> URL:
    """The URL of a database file; any character may stand in its path."""
    return URL.create("sqlite", database=str(path))


def parse_url(text: str) -> URL:
    """A PostgreSQL URL as people write it, with psycopg as its driver.

    Raises:
        StoreError: it is no URL, or of another kind of database.
    """
    expected = "postgresql://user:password@host:5432/database"
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StoreError("the database URL can't be read", expected=expected) from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreError(
            f"Etude can't use a {url.get_backend_name()} database",
            expected=expected,
            hint="unset ETUDE_DATABASE_URL to keep everything in the project folder",
        )
    return url.set(drivername="postgresql+psycopg")


class Database:
    """A database that is open. Safe from threads; every process opens its own.

    Args:
        url: from ``sqlite_url`` or ``parse_url``.
        schema: in PostgreSQL the schema that holds this project's tables.
    """

    def __init__(self, url: URL, schema: str | None = None) -> None:
        self.url = url
        self.schema = schema
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.where = str(url.database) if self.is_sqlite else url.render_as_string()
        self._insert: Callable[[sa.Table], Any] = sqlite.insert
        if not self.is_sqlite:
            self._insert = self._postgresql_insert()
        self.engine = sa.create_engine(url, pool_pre_ping=not self.is_sqlite)
        event.listen(self.engine, "connect", self._on_connect)
        event.listen(self.engine, "begin", self._on_begin)
        if not self.is_sqlite:
            event.listen(self.engine, "before_cursor_execute", _without_zeros, retval=True)
        _engines.add(self.engine)

    def _postgresql_insert(self) -> Callable[[sa.Table], Any]:
        if find_spec("psycopg") is None:
            raise StoreError(
                "the library for PostgreSQL is not installed",
                where=self.where,
                hint='pip install "psycopg[binary]"',
            )
        from sqlalchemy.dialects import postgresql  # only here: it takes 50 ms

        return postgresql.insert

    def _on_connect(self, connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if self.is_sqlite:
            connection.isolation_level = None  # _on_begin says BEGIN, not the driver
            cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute("PRAGMA foreign_keys = ON")
        elif self.schema:
            cursor.execute(f'SET search_path TO "{self.schema}"')
            connection.commit()
        cursor.close()

    def _on_begin(self, connection: Connection) -> None:
        if self.is_sqlite:
            # A transaction that reads first and writes later can't wait for its turn: SQLite
            # refuses it at once. So a writer takes its turn when it begins.
            writes = connection.get_execution_options().get("etude_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @contextmanager
    def _transaction(self, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(etude_writes=writes)
                with connection.begin():
                    yield connection
        except sa.exc.DBAPIError as error:
            raise self._explain(error) from error

    def write(self) -> AbstractContextManager[Connection]:
        """``with database.write() as connection:`` all of it is kept, or none.

        Raises:
            StoreError: the disk is full, the file damaged or locked, the server away.
        """
        return self._transaction(writes=True)

    def read(self) -> AbstractContextManager[Connection]:
        """``with database.read() as connection:`` one consistent view; see ``write``."""
        return self._transaction(writes=False)

    def insert(self, table: sa.Table) -> Any:
        """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
        return self._insert(table)

    def insert_once(
        self, connection: Connection, table: sa.Table, values: Mapping[str, Any]
    ) -> bool:
        """Insert a row unless its key is there; True where it was inserted."""
        statement = self.insert(table).values(**values).on_conflict_do_nothing()
        # inline: no RETURNING for the row's number, so the count is of the insert itself.
        kept = {"preserve_rowcount": True}
        inserted: int = connection.execute(statement.inline(), execution_options=kept).rowcount
        return inserted == 1

    def _explain(self, error: sa.exc.DBAPIError) -> StoreError:
        text = str(error.orig)
        if self.is_sqlite:
            known = explain_sqlite(text, Path(self.where))
            if known is not None:
                return known
        first = text.strip().splitlines()[0] if text.strip() else type(error.orig).__name__
        hint = None if self.is_sqlite else "is the server running, and the URL right?"
        return StoreError(f"the database refused: {first}", where=self.where, hint=hint)

    def close(self) -> None:
        """Close every connection; SQLite then folds its -wal into the file."""
        self.engine.dispose()
        _engines.discard(self.engine)


def _without_zeros(
    _connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """PostgreSQL holds no text with a zero character, and refuses to look for one: names that come
    over a network are looked for, and found nowhere."""
    return statement, [_clean(one) for one in given] if many else _clean(given)


def _clean(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {name: _plain(value) for name, value in given.items()}
    return tuple(_plain(value) for value in given)


def _plain(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value
