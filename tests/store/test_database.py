"""Opening, waiting, other databases, speed; and what a database owes its callers."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import etude.store
from etude.errors import StoreError
from etude.records.run import Look, Run
from etude.store import Store, schema
from etude.store.database import parse_url
from etude.store.tables import metadata


def test_a_locked_database_is_told(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("etude.store.schema", "etude.store.database"):
        monkeypatch.setattr(f"{module}.BUSY_SECONDS", 0.05)
    with Store.open(used.parent.parent) as store:
        cache = store.response_cache("m")
        with closing(sqlite3.connect(used)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert cache.get("1") is not None  # readers do not wait
            with pytest.raises(StoreError, match="another process has kept the database locked"):
                cache.put("new", {}, 1)
        cache.put("new", {}, 1)
        assert cache.spent() == 51


def test_a_writer_waits_for_its_turn(used: Path) -> None:
    with (
        Store.open(used.parent.parent) as store,
        closing(sqlite3.connect(used, check_same_thread=False)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        began = time.perf_counter()
        threading.Timer(0.3, other.rollback).start()
        store.response_cache("m").put("new", {}, 1)
        assert time.perf_counter() - began > 0.2


def test_the_tables_are_what_the_migrations_make(store: Store, url: str | None) -> None:
    database = store._connect().database
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == schema.HEAD


def test_the_newest_migration_is_the_schema_number() -> None:
    config = Config()
    folder = Path(etude.store.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.HEAD]
    revisions = [step.revision for step in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)  # ``judge`` compares them as text


def test_sqlite_is_set_up_as_the_module_says(plain: Store) -> None:
    with plain._connect().database.read() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


OPEN = """
import sys, time
began = time.perf_counter()
from etude.store import Store
store = Store.open(sys.argv[1])
store.compute("fit", {}, None)
print(time.perf_counter() - began)
print(sorted({"sqlalchemy", "alembic", "pydantic", "torch", "polars"} & set(sys.modules)))
store.runs()
print("alembic" in sys.modules)
"""


def test_opening_imports_nothing_heavy(plain: Store) -> None:
    plain.compute("fit", {}, lambda out, work: None)
    _, heavy, alembic = subprocess.run(
        [sys.executable, "-c", OPEN, str(plain.root)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert heavy == "[]"
    assert alembic == "False"


def test_a_folder_that_people_can_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no results here yet") as caught:
        Store.open(tmp_path, create=False)
    assert caught.value.hint == "etude compare"
    assert list(tmp_path.iterdir()) == []
    Store.open(tmp_path).close()
    Store.open(tmp_path, create=False).close()
    folder = tmp_path / ".etude"
    readme = (folder / "README.txt").read_text()
    for path in folder.iterdir():
        if path.name not in ("README.txt", ".gitignore"):
            assert f"\n{path.name}" in readme
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["README.txt", ".gitignore", "etude.db", "versions", "runs", "releases", "cache", "work"]
    )


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / ".etude").touch()
    with pytest.raises(StoreError, match="a file is where Etude's folder should be"):
        Store.open(tmp_path)


def test_a_moved_project_works(used: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("é space%20#?") / "moved"
    root = used.parent.parent
    with Store.open(root) as store:
        unit = store.compute("fit", {}, lambda out, work: None)
    shutil.move(root, target)
    with Store.open(target) as store:
        assert store.response_cache("m").spent() == 50
        assert store.compute("fit", {}, lambda out, work: None).path.name == unit.path.name


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_does_not_share_connections(plain: Store) -> None:
    cache = plain.response_cache("m")
    cache.put("a", {}, 1)
    child = os.fork()
    if child == 0:
        try:
            cache.put("b", {}, 1)
        finally:
            os._exit(0)
    cache.put("c", {}, 1)
    os.waitpid(child, 0)
    assert cache.spent() == 3
    with closing(sqlite3.connect(plain.folder / "etude.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nonsense", "can't be read"),
        ("mysql://u:secret@h/d", "can't use a mysql database"),
        ("sqlite:///x.db", "can't use a sqlite database"),
    ],
)
def test_other_urls_are_refused(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(StoreError, match=found) as caught:
        Store.open(tmp_path, url=text)
    assert "secret" not in str(caught.value)


def test_both_spellings_of_postgresql_use_psycopg() -> None:
    for text in ("postgres://h/d", "postgresql://h/d", "postgresql+psycopg2://h/d"):
        assert parse_url(text).drivername == "postgresql+psycopg"


def test_a_missing_library_names_its_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etude.store.database.find_spec", lambda name: None)
    monkeypatch.setenv("ETUDE_DATABASE_URL", "postgresql://u:secret@h/d")
    with pytest.raises(StoreError, match="PostgreSQL is not installed") as caught:
        Store.open(tmp_path)
    assert caught.value.hint == 'pip install "psycopg[binary]"'
    assert "secret" not in str(caught.value)


def test_projects_share_a_server_without_mixing(
    postgresql: str, tmp_path: Path, make_run: Callable[..., Run]
) -> None:
    one, two = tmp_path / "one", tmp_path / 'two "é'
    for root in (one, two):
        root.mkdir()
        with Store.open(root, url=postgresql) as store:
            store.begin_run(make_run("same"))
            store.response_cache("m").put("k", {"root": str(root)}, 1)
            store.finish_run("same", "done")
        assert not (root / ".etude" / "etude.db").exists()
    with Store.open(one, url=postgresql) as store:
        assert len(store.runs()) == 1
        assert store.response_cache("m").get("k") == {"root": str(one)}
        assert store.response_cache("m").spent() == 1


def test_a_newer_schema_on_a_server_is_refused(postgresql: str, tmp_path: Path) -> None:
    with Store.open(tmp_path, url=postgresql) as store, store._connect().database.write() as c:
        c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="made by a newer Etude"):
        Store.open(tmp_path, url=postgresql)


def test_a_server_that_is_away_is_told(postgresql: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the database refused") as caught:
        Store.open(tmp_path, url="postgresql://u:secret@/d?host=/nowhere")
    assert "secret" not in str(caught.value)


def test_a_look_needs_no_run(plain: Store) -> None:
    plain.record_look(Look(time="t", holdout_id="h", run="gone", candidates=(), reason="r"))
    assert len(plain.looks("h")) == 1
