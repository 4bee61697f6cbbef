"""The worker processes of tuning jobs: started when there is a job, and again when one dies.

Training is kept out of the server's process: it takes all of a processor and may be killed for its
memory, and requests are answered all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence

from etude.errors import StoreError
from etude.store import Store
from etude.store.store import URL_VARIABLE

_log = logging.getLogger(__name__)
STEADY_SECONDS = 60.0
"""A worker that lived so long did not die of how it was started."""
POLL_SECONDS = 0.5
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before one that died is started again; twice as long each time it dies soon."""


class Supervisor:
    """Runs so many workers of a project (a ``Background`` of the server).

    Args:
        store: of the project.
        count: of workers; 0: jobs wait for workers elsewhere.
        grace: seconds that a worker has to finish its step when the server stops.
        say: shows a line to whoever started the server.
        command: that starts a worker, to which the folder is added.
    """

    def __init__(
        self,
        store: Store,
        count: int,
        grace: float,
        say: Callable[[str], None],
        command: Sequence[str] = (sys.executable, "-m", "etude.jobs.worker", "--supervised"),
    ) -> None:
        self._store = store
        self._count = count
        self._grace = grace
        self._say = say
        self._command = command
        self._processes: dict[int, Process] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def pids(self) -> list[int]:
        """Of the workers that are alive."""
        return [process.pid for process in self._processes.values() if process.returncode is None]

    async def start(self) -> None:
        """Look for jobs from now on."""
        self._tasks = [asyncio.create_task(self._watch(number)) for number in range(self._count)]

    async def stop(self) -> None:
        """End the workers: what a job has done is kept, and it goes on when the server is back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._end(process) for process in self._processes.values()))
        self._processes.clear()

    def is_well(self) -> bool:
        """Whether a job that comes finds its worker."""
        return not any(task.done() for task in self._tasks)

    async def _watch(self, number: int) -> None:
        wait = FIRST_WAIT
        while True:
            await self._needed(number)
            began = time.monotonic()
            try:
                process = self._processes[number] = await self._started()
            except OSError as error:
                # No memory or no room for another process now is no reason never to try again.
                self._say(f"A worker of tuning jobs can't be started: {error}; it is tried again.")
                await asyncio.sleep(LONGEST_WAIT)
                continue
            code = await process.wait()
            if code == 0 or time.monotonic() - began > STEADY_SECONDS:
                wait = FIRST_WAIT
            if code:
                self._say(f"A worker of tuning jobs died ({_ended(code)}); the next one goes on.")
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _needed(self, number: int) -> None:
        """Wait until there are more jobs than workers before this one."""
        while True:
            try:
                if await asyncio.to_thread(self._store.jobs.waiting) > number:
                    return
            except StoreError as error:
                _log.warning("tuning jobs wait for the database: %s", error.found)
            await asyncio.sleep(POLL_SECONDS)

    async def _started(self) -> Process:
        environment = dict(os.environ)
        if self._store.url is not None:
            environment[URL_VARIABLE] = self._store.url
        # The pipe is closed with this process, whatever ends it: then the worker ends too. A group
        # of its own keeps Ctrl-C from it, so that the server ends it in good order.
        return await asyncio.create_subprocess_exec(
            *self._command,
            str(self._store.root),
            stdin=PIPE,
            env=environment,
            start_new_session=True,
        )

    async def _end(self, process: Process) -> None:
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._grace):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
