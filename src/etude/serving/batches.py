"""Works on batches beside the requests of people: a few lines at a time, each answered once.

A line goes through the same application as a request from outside. Its answer is a row before it
counts; a server that is killed goes on, when it starts again, with the lines that have none.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from starlette.types import ASGIApp

from etude.errors import StoreError
from etude.records.batch import Batch, Counts, LineError, Status, Tokens
from etude.serving.batch_lines import (
    Request,
    answered_line,
    checked,
    requests_of,
    tokens_of,
    unanswered_line,
)
from etude.serving.config import Limits
from etude.serving.errors import ApiError
from etude.serving.inside import Reply, post
from etude.serving.keys import Keyring
from etude.store.batches import Batches, Line
from etude.store.leases import LeaseLost, holder
from etude.store.store import Store

LEASE = 30.0
"""Seconds for which a batch is held; said again long before."""
POLL = 2.0
"""Seconds between looks for batches that another process put into the queue."""
MOST_TRIES = 5
"""How often a line is sent to a model that can't be reached."""
LONGEST_WAIT = 30.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass
class _Work:
    """A batch under way; ``stop``: why no more lines are to be sent."""

    batch: Batch
    path: Path
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False


class _Left:
    """Lines that are still to be sent, read from the disk beside the event loop."""

    def __init__(self, lines: Iterator[Request]) -> None:
        self._lines = lines
        self._turn = asyncio.Lock()

    async def next(self) -> Request | None:
        async with self._turn:
            return await _to_end(next, self._lines, None)


class BatchRunner:
    """Answers the batches of one folder.

    Args:
        store: of the folder.
        keyring: for whom lines are answered.
        limits: lines take at most a quarter of the places that people share.
    """

    def __init__(self, store: Store, keyring: Keyring, limits: Limits) -> None:
        self.app: ASGIApp | None = None
        """What answers a line; set by whoever makes the application."""
        self.batches = Batches(store.database)
        self._files = store.files
        self._keyring = keyring
        self._at_once = max(1, min(8, limits.running // 4))
        self._owner = holder()
        self._task: asyncio.Task[None] | None = None
        self._new: asyncio.Event | None = None

    async def start(self) -> None:
        """Begin to look for batches."""
        self._new = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; lines under way are given up, and the batch is free for the next."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """Look for a batch now: one was made."""
        if self._new is not None:
            self._new.set()

    def is_well(self) -> bool:
        """Whether batches are worked on."""
        return self._task is None or not self._task.done()

    async def _run(self) -> None:
        assert self._new is not None
        while True:
            self._new.clear()
            try:
                batch = await asyncio.to_thread(self.batches.claim, self._owner, LEASE)
                if batch is not None:
                    await self._work(batch)
                    continue
            except LeaseLost:
                _log.warning("another server went on with a batch")
                continue
            except Exception:  # noqa: BLE001 - the next look may find the database well again
                _log.exception("work on a batch broke off")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), POLL)

    async def _work(self, batch: Batch) -> None:
        holding = asyncio.create_task(asyncio.sleep(0))
        try:
            path = await asyncio.to_thread(self._files.path, batch.input_file)
            work = _Work(batch, path)
            holding = asyncio.create_task(self._hold(work))
            if not batch.counts.total and not await self._check(work):
                return
            if work.batch.status != "cancelling":
                await self._answer(work)
            if not work.lost:
                await _to_end(self._finish, work)
        except StoreError as error:
            if isinstance(error, LeaseLost):
                raise
            await self._fail(batch, error)
        except asyncio.CancelledError:
            with contextlib.suppress(StoreError):
                self.batches.release(batch.id, self._owner)
            raise
        finally:
            holding.cancel()

    async def _fail(self, batch: Batch, error: StoreError) -> None:
        if await asyncio.to_thread(self._files.find, batch.input_file) is not None:
            raise error
        gone = LineError(code="file_not_found", message="The input file was deleted.")
        await asyncio.to_thread(
            self.batches.change, batch.id, self._owner, "failed", errors=(gone,)
        )

    async def _hold(self, work: _Work) -> None:
        """Say that the batch is still worked on, and hear that it shall not be any more."""
        while True:
            try:
                now = await asyncio.to_thread(self.batches.renew, work.batch.id, self._owner, LEASE)
            except LeaseLost:
                work.lost = True
                work.stop.set()
                return
            except StoreError:
                _log.exception("a batch could not be held")
            else:
                if now.status == "cancelling" or time.time() > now.expires:
                    work.stop.set()
            await asyncio.sleep(min(1.0, LEASE / 6))

    async def _check(self, work: _Work) -> bool:
        batch = work.batch
        found = await asyncio.to_thread(checked, work.path, batch.endpoint)
        counts = Counts(total=found.total)
        status: Status = "failed" if found.errors else "in_progress"
        model = next(iter(found.models)) if len(found.models) == 1 else None
        work.batch = await asyncio.to_thread(
            self.batches.change,
            batch.id,
            self._owner,
            status,
            counts=counts,
            errors=tuple(found.errors),
            model=model,
        )
        return not found.errors

    async def _answer(self, work: _Work) -> None:
        """Send every line that has no answer, a few at a time, until all have one or it is over."""
        done = await asyncio.to_thread(self.batches.done, work.batch.id)
        left = _Left(one for one in requests_of(work.path) if one.line not in done)
        stopping = asyncio.create_task(work.stop.wait())
        workers = [asyncio.create_task(self._lines(work, left)) for _ in range(self._at_once)]
        everything = asyncio.gather(*workers)
        try:
            await asyncio.wait([everything, stopping], return_when=asyncio.FIRST_COMPLETED)
            if everything.done():
                await everything
        finally:
            stopping.cancel()
            everything.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _lines(self, work: _Work, left: _Left) -> None:
        while (request := await left.next()) is not None and not work.stop.is_set():
            reply = await self._reply(work.batch, request)
            line = Line(request.line, reply.status >= 400, answered_line(request, reply))
            await asyncio.to_thread(self.batches.write_line, work.batch.id, line)

    async def _reply(self, batch: Batch, request: Request) -> Reply:
        """A line's answer; where the server is busy it waits, as a client would."""
        assert self.app is not None
        tries = 0
        while True:
            try:
                caller = await self._keyring.acting(batch.key)
                reply = await post(self.app, batch.endpoint, request.body, caller)
            except ApiError as error:
                return _told(error)
            tries += reply.status != 429
            again = reply.status in (429, 503) and reply.headers.get("x-should-retry") != "false"
            if not again or tries >= MOST_TRIES:
                return reply
            said = reply.headers.get("retry-after", "1")
            await asyncio.sleep(min(LONGEST_WAIT, float(said) if said.isdigit() else 1.0))

    def _finish(self, work: _Work) -> None:
        """Write the files of answers, then that the batch is over."""
        batch = self.batches.change(work.batch.id, self._owner, "finalizing")
        cancelled = batch.status == "cancelling"
        status: Status = "cancelled" if cancelled else "completed"
        done = self.batches.done(batch.id)
        if len(done) < batch.counts.total and not cancelled:
            status = "expired"
        for request in requests_of(work.path) if status != "completed" else ():
            if request.line not in done:
                self._leave(batch, request, status)
        tokens, counts = self._sums(batch)
        self.batches.change(
            batch.id,
            self._owner,
            status,
            counts=counts,
            tokens=tokens,
            output_file=self._write(batch, "output", lambda line: not line.failed),
            error_file=self._write(batch, "error", lambda line: line.failed),
        )

    def _leave(self, batch: Batch, request: Request, status: Status) -> None:
        word = "it was cancelled" if status == "cancelled" else "its completion window expired"
        text = unanswered_line(request, f"batch_{status}", f"Not asked: {word} before.")
        self.batches.write_line(batch.id, Line(request.line, True, text))

    def _sums(self, batch: Batch) -> tuple[Tokens, Counts]:
        read = written = cached = failed = completed = 0
        for line in self.batches.lines(batch.id):
            used = tokens_of(line.response)
            read, written, cached = read + used.read, written + used.written, cached + used.cached
            failed, completed = failed + line.failed, completed + (not line.failed)
        counts = Counts(total=batch.counts.total, completed=completed, failed=failed)
        return Tokens(read=read, written=written, cached=cached), counts

    def _write(self, batch: Batch, kind: str, wanted: Callable[[Line], bool]) -> str | None:
        """A file of the lines that are ``wanted``; its name follows from the batch's, so that a
        server that goes on writes no second one."""
        lines = (line.response for line in self.batches.lines(batch.id) if wanted(line))
        first = next(lines, None)
        if first is None:
            return None
        name = "file-" + hashlib.sha256(f"{batch.id} {kind}".encode()).hexdigest()[:24]
        if self._files.find(name) is None:
            with self._files.receive(name) as incoming:
                incoming.write(f"{first}\n".encode())
                for line in lines:
                    incoming.write(f"{line}\n".encode())
            self._files.add(
                name,
                incoming,
                purpose="batch_output",
                filename=f"{batch.id}_{kind}.jsonl",
                expires=_end(batch.output_seconds),
            )
        return name


async def _to_end(work: Callable[..., T], *given: Any) -> T:
    """Work in a thread that is waited for, also where the wait is cancelled."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *given))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _end(seconds: int | None) -> int | None:
    return None if seconds is None else int(time.time()) + seconds


def _told(error: ApiError) -> Reply:
    return Reply(error.status, dict(error.headers), json.dumps(error.body()).encode())
