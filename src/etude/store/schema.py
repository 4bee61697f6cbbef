"""Which schema a database has, asked with plain SQL: the common case needs nothing heavier.

SQLAlchemy and alembic take about a third of a second to import; a look with ``sqlite3`` takes a
few milliseconds. It knows file headers and version numbers, and ignores what the tables mean.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from etude.errors import StoreError
from etude.store.disk import disk_full, storing

HEAD = "0004"
"""The newest step in ``migrations/versions``; a test compares them."""

BUSY_SECONDS = 30.0
"""How long a writer waits for another process's write before it gives up."""

_CHECKED_BYTES = 4 << 20
"""Up to this size the whole file is checked on open (a few milliseconds)."""

_AWAY = (
    "put back a copy of it, or move it away (with its -wal and -shm) and type the same command: "
    "examples, finished steps and releases are kept; the history of runs, the ledger of looks, "
    "paid answers and which release is in production are in that file alone"
)


def damaged(path: Path, detail: str) -> StoreError:
    """The database can't be read; it is left as it is."""
    return StoreError(f"the database is damaged ({detail})", where=str(path), hint=_AWAY)


def explain_sqlite(text: str, path: Path) -> StoreError | None:
    """SQLite's words in Etude's; None where they are not about the file."""
    if "malformed" in text or "not a database" in text or "disk I/O error" in text:
        return damaged(path, text)
    if "disk is full" in text:
        return disk_full(path)
    if "readonly database" in text or "unable to open" in text:
        return StoreError(
            f"the database can't be opened for writing ({text})",
            where=str(path),
            hint="give yourself the right to read and write this file and its folder (ls -ld)",
        )
    if "locked" in text:
        return StoreError(
            f"another process has kept the database locked for {BUSY_SECONDS:.0f} seconds",
            where=str(path),
            hint="end that process, or wait for it, and type the same command",
        )
    return None


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise explain_sqlite(str(error), path) or damaged(path, str(error)) from error


def judge(revision: str, where: str) -> bool:
    """True where ``revision`` is this code's; False where an upgrade is due.

    Raises:
        StoreError: a newer Etude made it.
    """
    if revision > HEAD:
        raise StoreError(
            f"made by a newer Etude (schema {revision}; this one knows {HEAD})",
            where=where,
            hint="pip install --upgrade etude",
        )
    return revision == HEAD


def _is_cut(path: Path, size: int) -> bool:
    """Whether the last page is not whole, where no -wal is there to mend it.

    SQLite itself reads what is missing of it as zeros.
    """
    if path.with_name(path.name + "-wal").exists():
        return False
    with storing(path), path.open("rb") as handle:
        page = int.from_bytes(handle.read(18)[16:], "big")
    return page >= 512 and size % page != 0


def is_current(path: Path) -> bool:
    """Whether the SQLite database at ``path`` has this code's schema; nothing is changed.

    Raises:
        StoreError: it is damaged, locked, not Etude's, or made by a newer Etude.
    """
    with storing(path):
        size = path.stat().st_size
    if size == 0:
        # A database is made under another name and moved here whole, so an empty one was cut.
        raise damaged(path, "it is empty")
    if _is_cut(path, size):
        raise damaged(path, "its end is missing")
    with _explained(path):
        uri = f"file:{quote(str(path.absolute()))}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            if size <= _CHECKED_BYTES:
                (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise damaged(path, str(verdict).splitlines()[0])
            names = connection.execute("SELECT name FROM sqlite_master").fetchall()
            if ("alembic_version",) not in names:
                raise StoreError(
                    "this is not a database that Etude made",
                    where=str(path),
                    hint="move it away and type the same command",
                )
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(rows) != 1:
        raise damaged(path, "it does not say which schema it has")
    return judge(str(rows[0][0]), str(path))
