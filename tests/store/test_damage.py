"""Databases that are damaged, lost, or another's: told in words and never touched."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from etude.errors import StoreError
from etude.store import Store, schema


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def overwrite(path: Path, start: int, count: int) -> None:
    data = bytearray(path.read_bytes())
    data[start : start + count] = b"\xa5" * count
    path.write_bytes(data)


HARM: dict[str, Callable[[Path], object]] = {
    "random bytes": lambda path: path.write_bytes(b"\xa5" * 5000),
    "emptied": lambda path: path.write_bytes(b""),
    "cut to one page": lambda path: os.truncate(path, 4096),
    "cut in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut by a byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "its header": lambda path: overwrite(path, 0, 100),
    "a page inside": lambda path: overwrite(path, 8192, 4096),
    "no schema number": lambda path: execute(path, "DELETE FROM alembic_version"),
}


@pytest.mark.parametrize("kind", HARM)
def test_a_damaged_database_is_told_and_left_alone(used: Path, kind: str) -> None:
    HARM[kind](used)
    before = used.read_bytes()
    with pytest.raises(StoreError, match="the database is damaged") as caught:
        Store.open(used.parent.parent)
    assert caught.value.where == str(used)
    assert "put back a copy" in str(caught.value.hint)
    assert used.read_bytes() == before


def test_damage_found_late_is_told_too(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_CHECKED_BYTES", 0)  # as for a large database
    store = Store.open(used.parent.parent)
    overwrite(used, 8192, used.stat().st_size - 8192)
    with pytest.raises(StoreError, match="the database is damaged"):
        [store.response_cache("m").get(str(i)) for i in range(50)]
    store.close()


def test_a_newer_schema_is_refused(used: Path) -> None:
    execute(used, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="made by a newer Etude") as caught:
        Store.open(used.parent.parent)
    assert caught.value.hint == "pip install --upgrade etude"


def test_another_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".etude").mkdir()
    execute(tmp_path / ".etude" / "etude.db", "CREATE TABLE notes (text)")
    with pytest.raises(StoreError, match="not a database that Etude made"):
        Store.open(tmp_path)


def test_a_journal_without_its_database_is_refused(used: Path) -> None:
    used.with_name("etude.db-wal").write_bytes(b"x")
    used.unlink()
    with pytest.raises(StoreError, match=r"etude\.db is missing, but its etude\.db-wal is there"):
        Store.open(used.parent.parent)


def test_a_lost_database_does_not_lose_what_was_kept_aside(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for i, name in enumerate(("v2", "v1")):
            path = store.save_version(name, lambda folder: (folder / "splits.parquet").touch())
            os.utime(path / "splits.parquet", (i, i))
    (store.folder / "etude.db").unlink()
    with Store.open(tmp_path) as store:
        assert store.latest_version() == "v1"
        assert store.assignments() == path / "splits.parquet"
