"""Works on batches beside the requests of people: a few lines at a time, each answered once.

A line goes through the same application as a request from outside. Its answer is a row before it
counts; a server that is killed goes on, when it starts again, with the lines that have none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from starlette.types import ASGIApp

from etude.errors import StoreError
from etude.records.batch import Batch, Counts, LineError, Status
from etude.serving.batch_end import finish
from etude.serving.batch_lines import Request, answered_line, checked, requests_of
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
"""How often a line is sent to a model that can't be reached, and a batch begun whose files can't be
read or written."""
LONGEST_WAIT = 30.0
BROKEN = "internal_error"
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass
class _Work:
    """A batch under way; ``stop``: why no more lines are to be sent; ``path``: of its input, None
    where that was deleted."""

    batch: Batch
    path: Path | None
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
        self._unread: Counter[str] = Counter()
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
                    await self._work_or_fail(batch)
                    continue
            except LeaseLost:
                _log.warning("another server went on with a batch")
                continue
            except Exception:  # noqa: BLE001 - the next look may find the database well again
                _log.exception("work on a batch broke off")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), POLL)

    async def _work_or_fail(self, batch: Batch) -> None:
        """Work on a batch; what would break off in the same way at every further try ends it.

        Raises:
            LeaseLost: somebody else works on it.
            StoreError, OSError: the database or the disk is not well, and may be so later; the disk
                is tried ``MOST_TRIES`` times.
        """
        try:
            await self._work(batch)
        except StoreError:
            raise
        except OSError as error:
            self._unread[batch.id] += 1
            if self._unread[batch.id] < MOST_TRIES:
                raise
            _log.error("batch %s failed: the disk gave %s", batch.id, error.strerror)
            await self._fail(batch, "could not read or write this batch's files")
        except Exception:  # noqa: BLE001 - else it is tried for ever, and no other batch's turn comes
            _log.exception("batch %s failed", batch.id)
            await self._fail(batch, "failed on this batch")

    async def _fail(self, batch: Batch, what: str) -> None:
        """End a batch that broke off, with what was answered before."""
        error = LineError(code=BROKEN, message=f"The server {what}; its log says more.")
        await self._work(await self._change(batch, ends="failed", errors=(error,)))

    async def _work(self, batch: Batch) -> None:
        path = await asyncio.to_thread(self._input, batch)
        work = _Work(batch, path)
        holding = asyncio.create_task(self._hold(work))
        try:
            # Without its file a batch ends with what was answered before.
            if path is not None and batch.ends is None:
                if not batch.counts.total and not await self._check(work):
                    return
                if work.batch.status != "cancelling":
                    await self._answer(work)
            if not work.lost:
                await _to_end(finish, self.batches, self._files, batch.id, self._owner, path)
        except asyncio.CancelledError:
            with contextlib.suppress(StoreError):
                self.batches.release(batch.id, self._owner)
            raise
        finally:
            holding.cancel()

    def _input(self, batch: Batch) -> Path | None:
        """Where the input lies; None where it was deleted, or its bytes are gone from the disk."""
        if self._files.find(batch.input_file) is None:
            return None
        path = self._files.folder / batch.input_file
        return path if path.is_file() else None

    async def _change(self, batch: Batch, status: Status | None = None, **fields: Any) -> Batch:
        return await asyncio.to_thread(self.batches.change, batch.id, self._owner, status, **fields)

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
        assert work.path is not None
        found = await asyncio.to_thread(checked, work.path, work.batch.endpoint)
        work.batch = await self._change(
            work.batch,
            "failed" if found.errors else "in_progress",
            counts=Counts(total=found.total),
            errors=tuple(found.errors),
            model=next(iter(found.models)) if len(found.models) == 1 else None,
        )
        return not found.errors

    async def _answer(self, work: _Work) -> None:
        """Send every line that has no answer, a few at a time, until all have one or it is over."""
        assert work.path is not None
        done = await asyncio.to_thread(self.batches.done, work.batch.id)
        left = _Left(one for one in requests_of(work.path) if one.line not in done)
        stopping = asyncio.create_task(work.stop.wait())
        workers = [asyncio.create_task(self._lines(work, left)) for _ in range(self._at_once)]
        everything = asyncio.gather(*workers)
        either: list[asyncio.Future[Any]] = [everything, stopping]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
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


async def _to_end(work: Callable[..., T], *given: Any) -> T:
    """Work in a thread that is waited for, also where the wait is cancelled."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *given))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _told(error: ApiError) -> Reply:
    return Reply(error.status, dict(error.headers), json.dumps(error.body()).encode())
