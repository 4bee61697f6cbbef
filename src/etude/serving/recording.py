"""Every answered request is written down before its answer counts as given.

One thread writes. While it writes, more come, and the next transaction takes them all: so many
clients cost few transactions, and each waits for one and a half at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from time import time

from etude.jobs.tidying import tidy
from etude.privacy import redact_row
from etude.records.traffic import Served
from etude.serving.config import Recording
from etude.store.store import Store
from etude.store.traffic import Traffic

MOST_AT_ONCE = 500
"""Rows of one transaction."""
MOST_TEXT = 100_000
"""Characters that are kept of an input or an answer: to take personal data out of megabytes would hold
up every other answer for as long."""
_MARGIN = 1_000
"""Characters that are read beyond those kept, so that what stands at the end is recognised whole."""
SWEEP_SECONDS = 600.0
"""How often text whose time is over is looked for."""
_DAY = 86_400.0
_log = logging.getLogger(__name__)
_Waiting = tuple[Served, "Future[None]", Context]


class Recorder:
    """Writes down what was answered.

    Args:
        store: of the folder that is served.
        config: whether text is kept, and how long.
        keep_text: text is wanted by an observer although it is not recorded.
    """

    def __init__(self, store: Store, config: Recording, *, keep_text: bool = False) -> None:
        self._traffic = Traffic(store.database)
        self._config = config
        self._redacts = config.text or keep_text
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._redactors = _redactors()
        self._observers: list[Callable[[Served], None]] = []

    def tell(self, observer: Callable[[Served], None]) -> None:
        """Call ``observer`` with every row that was written, from the writing thread and in the
        context of whoever added it; text in it has no personal data any more."""
        self._observers.append(observer)

    async def add(self, served: Served) -> None:
        """Write a row down; returns when it is committed. Also written where the wait is cancelled.

        ``input`` and ``output`` may always be given: they are kept only where the configuration
        says so, and personal data is taken out first.

        Raises:
            StoreError: the disk is full, the database is damaged or away.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # who waits may be cancelled; the row is written
        if not self._redacts or (served.input is None and served.output is None):
            self._put((_without_text(served), done, copy_context()))
        else:
            self._redactors.submit(self._redact, served, done, copy_context())
        await asyncio.wrap_future(done)

    async def start(self) -> None:
        """Nothing: the thread starts with the first row."""

    async def stop(self) -> None:
        """Write what is waiting, and end. A row that comes later all the same is written too."""
        old, self._redactors = self._redactors, _redactors()
        await asyncio.to_thread(old.shutdown)
        with self._lock:
            thread, self._thread = self._thread, None
            queue, self._queue = self._queue, SimpleQueue()
        if thread is not None:
            queue.put(None)
            await asyncio.to_thread(thread.join)

    def _put(self, waiting: _Waiting) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._write, args=(self._queue,), name="traffic", daemon=True
                )
                self._thread.start()
            self._queue.put(waiting)

    def _redact(self, served: Served, done: Future[None], context: Context) -> None:
        try:
            texts = {k: v for k in ("input", "output") if (v := getattr(served, k)) is not None}
            redacted = redact_row({k: v[: MOST_TEXT + _MARGIN] for k, v in texts.items()})
            kept = {k: _cut(v, texts[k]) for k, v in redacted.items()}
            served = served.model_copy(update=kept)
        except Exception:  # noqa: BLE001 - whatever a recogniser of others does, no raw text is kept
            _log.exception("text could not be redacted, and is not kept")
            served = _without_text(served)
        self._put((served, done, context))

    def _write(self, queue: SimpleQueue[_Waiting | None]) -> None:
        while (first := queue.get()) is not None:
            waiting, ends = [first], False
            with contextlib.suppress(Empty):
                while len(waiting) < MOST_AT_ONCE and not ends:
                    more = queue.get_nowait()
                    ends = more is None
                    if more is not None:
                        waiting.append(more)
            self._commit(waiting)
            if ends:
                return

    def _commit(self, waiting: list[_Waiting]) -> None:
        rows = [served for served, _, _ in waiting]
        kept = rows if self._config.text else [_without_text(row) for row in rows]
        try:
            self._traffic.add(kept, self._config.days * _DAY)
        except BaseException as error:  # noqa: BLE001 - each who waits is told
            for _, done, _ in waiting:
                done.set_exception(error)
            return
        for served, done, context in waiting:
            context.run(self._tell_of, served)
            done.set_result(None)

    def _tell_of(self, served: Served) -> None:
        for observer in self._observers:
            try:
                observer(served)
            except Exception:  # noqa: BLE001 - the row is written; that is what was promised
                _log.exception("a request could not be counted")


class Sweeper:
    """Forgets text and files whose time is over, and what ended jobs left: when the server starts, and
    every ten minutes."""

    def __init__(self, store: Store) -> None:
        self._traffic = Traffic(store.database)
        self._store = store
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _sweep(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._traffic.forget_text, time())
                await asyncio.to_thread(self._store.files.sweep)
                await asyncio.to_thread(tidy, self._store)
            except Exception:  # noqa: BLE001 - a database that is away for a while comes back
                _log.exception("what is to be forgotten by now could not be")
            await asyncio.sleep(SWEEP_SECONDS)


def _cut(redacted: str, whole: str) -> str:
    """A redacted text without its last characters where it is the beginning of a longer one."""
    return redacted[:-_MARGIN] if len(whole) > MOST_TEXT + _MARGIN else redacted[:MOST_TEXT]


def _redactors() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="redact")


def _without_text(served: Served) -> Served:
    if served.input is None and served.output is None:
        return served
    return served.model_copy(update={"input": None, "output": None})
