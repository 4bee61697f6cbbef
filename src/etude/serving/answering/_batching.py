"""Inputs that wait at the same time are answered together, in one thread.

Whoever comes while a batch is computed is in the next one; nobody waits for company. It knows
functions of lists, nothing of models.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


@dataclass
class _Waiting(Generic[A, B]):
    item: A
    answer: asyncio.Future[B]


class Batcher(Generic[A, B]):
    """Calls ``compute`` with the items that wait, at most ``most`` at a time, never twice at once.

    ``compute`` gives a result an item, in their order. It runs in a thread of its own, so that
    nothing else in the process waits for it.
    """

    def __init__(
        self, name: str, compute: Callable[[Sequence[A]], Sequence[B]], most: int = 64
    ) -> None:
        self._compute = compute
        self._most = most
        self._waiting: deque[_Waiting[A, B]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: A) -> B:
        """The result of one item. Cancelled while it waits, it is not computed."""
        waiting: _Waiting[A, B] = _Waiting(item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await waiting.answer

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while batch := self._next():
            items = [one.item for one in batch]
            computed = loop.run_in_executor(self._thread, self._compute, items)
            await asyncio.wait([computed])
            _tell(batch, computed)

    def _next(self) -> list[_Waiting[A, B]]:
        batch: list[_Waiting[A, B]] = []
        while self._waiting and len(batch) < self._most:
            one = self._waiting.popleft()
            if not one.answer.done():
                batch.append(one)
        return batch

    async def close(self) -> None:
        """Finish what is running, end the thread."""
        if self._running is not None:
            await self._running
        self._thread.shutdown(wait=False)


def _tell(batch: Sequence[_Waiting[A, B]], computed: asyncio.Future[Sequence[B]]) -> None:
    """Everyone who still waits learns the answer, or why there is none."""
    error = computed.exception()
    for place, one in enumerate(batch):
        if one.answer.done():
            continue
        if error is not None:
            one.answer.set_exception(error)
        else:
            one.answer.set_result(computed.result()[place])
