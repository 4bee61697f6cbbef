"""Workers are started when there is a job, again when they die, and ended with the server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.jobs._made import queue

from etude.serving import supervising
from etude.serving.supervising import Supervisor
from etude.store import Store

WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True);"
    "time.sleep(60)",
)


async def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def with_store(tmp_path: Path, use: Callable[[Store], Awaitable[None]]) -> None:
    with Store.open(tmp_path) as store:
        asyncio.run(use(store))  # type: ignore[arg-type]


def test_a_worker_that_dies_is_started_again_and_ended_with_the_server(tmp_path: Path) -> None:
    said: list[str] = []

    async def use(store: Store) -> None:
        supervisor = Supervisor(store, 2, 5, said.append, WAITS)
        await supervisor.start()
        await asyncio.sleep(0.1)
        assert supervisor.pids == []  # there is nothing to do
        queue(store, "builtin:starter")
        await until(lambda: len(supervisor.pids) == 1)
        (first,) = supervisor.pids
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.pids not in ([], [first]))
        (second,) = supervisor.pids
        await supervisor.stop()
        assert supervisor.pids == []
        assert not Path(f"/proc/{second}/stat").exists()

    with_store(tmp_path, use)
    assert said == ["A worker of tuning jobs died (signal 9); the next one goes on."]


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path) -> None:
    async def use(store: Store) -> None:
        queue(store, "builtin:starter")
        supervisor = Supervisor(store, 1, 0.2, lambda text: None, STUBBORN)
        await supervisor.start()
        await until(lambda: len(supervisor.pids) == 1)
        await asyncio.sleep(0.2)
        await supervisor.stop()
        assert supervisor.pids == []

    with_store(tmp_path, use)


def test_without_workers_jobs_wait(tmp_path: Path) -> None:
    async def use(store: Store) -> None:
        queue(store, "builtin:starter")
        supervisor = Supervisor(store, 0, 1, lambda text: None)
        await supervisor.start()
        await asyncio.sleep(supervising.POLL_SECONDS / 5)
        assert supervisor.pids == []
        await supervisor.stop()

    with_store(tmp_path, use)
