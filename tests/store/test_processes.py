"""Several processes at once, and processes killed at any moment."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from etude.store import Store
from etude.store.units import _whole

WORKER = str(Path(__file__).with_name("worker.py"))
FOREVER = 100_000


def start(mode: str, root: Path, name: str, count: float, url: str | None = None) -> Worker:
    command = [sys.executable, WORKER, mode, str(root), name, str(count), *([url] if url else [])]
    return Worker(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Worker(subprocess.Popen[str]):
    def line(self) -> str:
        assert self.stdout is not None
        return self.stdout.readline().strip()

    def finish(self) -> list[str]:
        out, err = self.communicate(timeout=60)
        assert self.returncode == 0, err
        return out.splitlines()


def check_everything(store: Store, said: list[str]) -> None:
    """Whatever was said to be kept is there; nothing is torn; money and rows agree."""
    kept = [line.split(" ", 1) for line in said if " " in line]
    cache = store.response_cache("m")
    looked = {look.run for look in store.looks("h")}
    runs = {run.id: run.status for run in store.runs()}
    for kind, key in kept:
        if kind == "put":
            assert cache.get(key) == {"n": int(key.rpartition("-")[2]), "text": "x" * 300}
        elif kind == "look":
            assert key in looked
        elif kind == "run":
            assert runs[key] == "done"
        elif kind == "version":
            assert (store.version_folder(key) / "splits.parquet").exists()
        elif kind == "unit":
            name, _, value = key.partition(":")
            unit_key = {name: int(value) if name == "shared" else value}
            assert store.compute("fit", unit_key, None).cached  # type: ignore[arg-type]
    assert set(runs.values()) <= {"done", "interrupted"}
    check_files(store)


def check_files(store: Store) -> None:
    for address in (store.folder / "cache").glob("*/??/*"):
        assert _whole(address) is not None, address
    for version in (store.folder / "versions").iterdir():
        assert (version / "splits.parquet").exists()
    for path in store.folder.glob("runs/*/run.json"):
        json.loads(path.read_bytes())
    assert list(store.folder.rglob(".tmp-*")) == []
    assert list(store.folder.glob("work/*.lock")) == []
    path = store.folder / "etude.db"
    if path.exists():
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            (rows,) = connection.execute("SELECT count(*) FROM responses").fetchone()
            money = connection.execute("SELECT amount, requests FROM spending").fetchall()
        assert money == ([(rows * 0.5, rows)] if rows else [])


def test_processes_write_everything_at_once(tmp_path: Path, url: str | None) -> None:
    workers = [start("work", tmp_path, name, 8, url) for name in ("a", "b", "c")]
    said = [line for worker in workers for line in worker.finish()]
    assert said.count("finished") == 3
    with Store.open(tmp_path, url=url) as store:
        check_everything(store, said)
        assert store.response_cache("m").spent() == 12.0
        assert len(store.runs()) == len(store.looks("h")) == 24
        assert len(list((store.folder / "cache").glob("fit/??/*"))) == 3 * 4 + 4


def test_a_new_project_is_made_once(tmp_path: Path, url: str | None) -> None:
    moment = time.time() + 1.0
    workers = [start("open", tmp_path, name, moment, url) for name in ("a", "b", "c", "d")]
    for worker in workers:
        assert worker.finish()[-1] == "opened"
    with Store.open(tmp_path, url=url) as store:
        assert sorted(look.run for look in store.looks("h")) == ["a", "b", "c", "d"]
        check_files(store)


def test_the_second_process_waits_and_says_so(tmp_path: Path) -> None:
    first = start("slow", tmp_path, "first", 0)
    while first.line() != "building slow":
        pass
    second = start("slow", tmp_path, "second", 0)
    said = second.finish()
    assert "building slow" not in said
    assert said[-1] == "done True first"
    assert first.finish()[-1] == "done False first"


def test_a_waiting_process_takes_over_from_a_killed_one(tmp_path: Path) -> None:
    first = start("slow", tmp_path, "first", 0)
    while first.line() != "building slow":
        pass
    second = start("slow", tmp_path, "second", 0)
    time.sleep(0.1)
    first.kill()
    first.communicate()
    assert second.finish()[-1] == "done False second"


def lines_up_to_a_unit(worker: Worker) -> list[str]:
    lines = [worker.line()]
    while not lines[-1].startswith("unit"):
        assert worker.poll() is None, lines
        lines.append(worker.line())
    return lines


def kill_again_and_again(root: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    said: list[str] = []
    for i in range(rounds):
        workers = [start("work", root, f"r{i}{name}", FOREVER) for name in "ab"]
        for worker in workers:
            assert worker.line() == "starting"
            if i % 2:  # under way when it is killed, however slow the machine is
                said += lines_up_to_a_unit(worker)
        time.sleep(chance.uniform(0.05, 0.6))
        for worker in workers:
            worker.kill()
            out, err = worker.communicate()
            assert "Traceback" not in err, err
            said += [line for line in out.splitlines(keepends=False) if line]
        with Store.open(root) as store:
            check_everything(store, said)
    assert sum(line.startswith("unit") for line in said) >= rounds - 1


def test_killed_at_any_moment_nothing_is_torn_or_lost(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, rounds=4, seed=1)


@pytest.mark.soak
def test_killed_a_hundred_times(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, rounds=100, seed=2)
