"""Aliases and their log: on SQLite and PostgreSQL, by threads, and killed between two steps."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa

from etude.errors import StoreError, UsageError
from etude.records.release import Logged
from etude.store import Store
from etude.store.tables import metadata


def replayed(log: list[Logged]) -> dict[str, str]:
    """What the aliases must stand for, by the log alone; every line must follow from the last."""
    found: dict[str, str] = {}
    for line in log:
        if line.event != "moved":
            continue
        assert line.alias is not None
        assert found.get(line.alias) == line.before
        if line.after is None:
            del found[line.alias]
        else:
            found[line.alias] = line.after
    return found


def test_an_alias_moves_and_the_log_says_how(store: Store) -> None:
    releases = store.releases
    assert releases.aliases() == {}
    assert releases.move("production", "a", "etude release alias a production") is None
    assert releases.aliases() == {"production": "a"}  # nothing was left, so nothing is previous
    assert releases.move("canary", "b", "second") is None
    assert releases.move("production", "b", "third") == "a"
    assert releases.aliases() == {"production": "b", "canary": "b", "previous": "a"}
    moves = [(line.alias, line.before, line.after, line.command) for line in releases.log()]
    assert moves == [
        ("production", None, "a", "etude release alias a production"),
        ("canary", None, "b", "second"),
        ("production", "a", "b", "third"),
        ("previous", None, "a", "third"),
    ]
    assert replayed(releases.log()) == releases.aliases()


def test_moving_to_where_it_is_forgets_no_previous(store: Store) -> None:
    store.releases.move("production", "a", "x")
    store.releases.move("production", "b", "x")
    store.releases.move("production", "b", "again")
    assert store.releases.aliases() == {"production": "b", "previous": "a"}
    assert all(line.command == "x" for line in store.releases.log())


def test_rollback_goes_back_and_forth(store: Store) -> None:
    with pytest.raises(StoreError, match="no release to go back to"):
        store.releases.rollback("r")
    store.releases.move("production", "a", "x")
    store.releases.move("production", "b", "x")
    assert store.releases.rollback("r") == ("b", "a")
    assert store.releases.aliases() == {"production": "a", "previous": "b"}
    assert store.releases.rollback("r") == ("a", "b")
    assert replayed(store.releases.log()) == {"production": "b", "previous": "a"}


def test_an_alias_can_be_taken_away(store: Store) -> None:
    store.releases.move("canary", "a", "x")
    assert store.releases.remove_alias("canary", "y") == "a"
    assert store.releases.aliases() == {}
    with pytest.raises(StoreError, match="stands for no release"):
        store.releases.remove_alias("canary", "y")
    assert replayed(store.releases.log()) == {}


def test_only_known_aliases_move(store: Store) -> None:
    with pytest.raises(UsageError, match="set by itself"):
        store.releases.move("previous", "a", "x")
    with pytest.raises(UsageError, match="no alias 'prod'"):
        store.releases.move("prod", "a", "x")
    assert store.releases.log() == []


def test_the_log_is_never_changed(store: Store) -> None:
    store.releases.note("made", "a", "etude release", "first")
    database = store._connect().database
    for statement in ("DELETE FROM release_log", "UPDATE release_log SET time = 'x'"):
        with (
            pytest.raises(StoreError, match="the log of releases is append-only"),
            database.write() as connection,
        ):
            connection.execute(sa.text(statement))
    (line,) = store.releases.log()
    assert (line.event, line.after, line.note) == ("made", "a", "first")


def test_threads_never_lose_a_move(store: Store) -> None:
    """Whatever the order, each move starts from where the one before it ended."""

    def work(which: str) -> None:
        with Store.open(store.root, url=store._url) as mine:
            for number in range(8):
                mine.releases.move("production", f"{which}{number}", which)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = store.releases.log()
    assert sum(line.alias == "production" for line in log) == 16
    assert replayed(log) == store.releases.aliases()
    assert (
        store.releases.aliases()["previous"]
        == [line.before for line in log if line.alias == "production"][-1]
    )


KILLED = """
import os, sys
from etude.store import Store
from etude.store.releases import Releases
steps, write = [], Releases._write
def dying(self, *given, **named):
    steps.append(1)
    if len(steps) == int(sys.argv[2]):
        os._exit(9)
    write(self, *given, **named)
Releases._write = dying
Store.open(sys.argv[1]).releases.move("production", "new", "killed")
"""


@pytest.mark.parametrize("step", [1, 2])
def test_a_kill_between_two_steps_moves_nothing(plain: Store, step: int) -> None:
    plain.releases.move("production", "a", "x")
    plain.releases.move("production", "b", "x")
    before, log = plain.releases.aliases(), plain.releases.log()
    done = subprocess.run([sys.executable, "-c", KILLED, str(plain.root), str(step)], check=False)
    assert done.returncode == 9
    with Store.open(plain.root) as opened:
        assert opened.releases.aliases() == before
        assert opened.releases.log() == log
        opened.releases.move("production", "new", "again")
        assert opened.releases.aliases() == {"production": "new", "previous": "b"}


def test_an_older_project_gets_the_tables(plain: Store) -> None:
    """A database of the first schema is brought up to date, and what it held stays."""
    plain.response_cache("m").put("k", {"n": 1}, 0.5)
    database = plain._connect().database
    with database.write() as connection:
        first = {"runs", "run_units", "dataset_versions", "looks", "responses", "spending", "kept"}
        for table in reversed(metadata.sorted_tables):
            if table.name not in first:
                connection.execute(sa.text(f"DROP TABLE {table.name}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    plain.close()
    with Store.open(plain.root) as opened:
        opened.releases.move("canary", "a", "x")
        assert opened.releases.aliases() == {"canary": "a"}
        assert opened.response_cache("m").get("k") == {"n": 1}
