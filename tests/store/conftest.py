"""A store on SQLite and, where a server can be had, the same tests on PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etude.records.run import Machine, Run
from etude.store import Store
from tests.store._emptied import emptied


@pytest.fixture
def make_run() -> Callable[..., Run]:
    machine = Machine(id="m", processor="p", cores=2, memory_gb=1.0, system="s", python="3.11")

    def make(name: str = "r1", verb: str = "compare") -> Run:
        return Run(
            id=name,
            verb=verb,
            started="2026-01-01T00:00:00Z",
            etude_version="0",
            task_hash="t",
            machine=machine,
        )

    return make


def _binary(name: str) -> str | None:
    found = shutil.which(name)
    if found:
        return found
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(places[-1]) if places else None


class Server:
    """A throw-away PostgreSQL server on a socket of its own; no port is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The server refuses to run as root.
        as_root = os.name == "posix" and os.geteuid() == 0
        self.prefix = ["runuser", "-u", "postgres", "--"] if as_root else []
        if as_root:
            shutil.chown(folder, "postgres")

    def start(self, initdb: str, pg_ctl: str) -> str:
        data = str(self.folder / "data")
        self._run(initdb, "-D", data, "-A", "trust", "-U", "etude", "--no-sync")
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=off"
        self._run(pg_ctl, "-D", data, "-w", "-o", options, "-l", f"{data}/log", "start")
        self.pg_ctl, self.data = pg_ctl, data
        return f"postgresql://etude@/postgres?host={self.folder}"

    def stop(self) -> None:
        self._run(self.pg_ctl, "-D", self.data, "-m", "immediate", "stop")

    def _run(self, *command: str) -> None:
        subprocess.run(
            [*self.prefix, *command],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    initdb, pg_ctl = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server is installed")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed")
    # A short path: a socket's name has at most about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = Server(Path(folder))
        try:
            url = server.start(initdb, pg_ctl)
        except (OSError, LookupError, subprocess.SubprocessError) as error:
            pytest.skip(f"PostgreSQL can't be started here: {error}")
        yield url
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else None


@pytest.fixture
def store(tmp_path: Path, url: str | None) -> Iterator[Store]:
    with Store.open(tmp_path, url=url) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    postgresql = request.param == "postgresql"
    url = request.getfixturevalue("postgresql") if postgresql else None
    with Store.open(tmp_path_factory.mktemp("one"), url=url) as opened:
        yield opened


@pytest.fixture
def shared(one_store: Store) -> Store:
    """Like ``store``, and the same for a file's tests: only what a server writes is cleared."""
    return emptied(one_store)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite alone, for what no server changes."""
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A project with a database of some pages; the path of the database."""
    with Store.open(tmp_path) as store:
        cache = store.response_cache("m")
        for i in range(50):
            cache.put(str(i), {"text": "x" * 500}, 1)
    assert not (store.folder / "etude.db-wal").exists()
    return store.folder / "etude.db"
