"""Things that are costly to open, each opened once, lent to many, and closed when nobody needs it.

It knows counts and order, nothing of what the things are.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """Something that is closed when nobody needs it any more."""

    async def close(self) -> None:
        """Free what it holds."""
        ...


T = TypeVar("T", bound=Closable)


@dataclass
class _Slot(Generic[T]):
    opening: asyncio.Task[T]
    users: int = 0


class Pool(Generic[T]):
    """Keeps at most ``most`` things that nobody uses at the moment or did, the oldest use goes first.

    What is in use is never closed, also where there are more of them than ``most``.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._slots: OrderedDict[Hashable, _Slot[T]] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._slots

    @asynccontextmanager
    async def lent(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> AsyncIterator[T]:
        """The thing called ``key``, made where it is not there; it stays open for the block."""
        thing = await self.take(key, make)
        try:
            yield thing
        finally:
            self.give(key)

    async def take(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """As ``lent``, until ``give``. Who asks while it is made waits for the same one; where that
        fails, each is told, and the next tries again."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot(asyncio.create_task(_made(make)))
        slot.users += 1
        try:
            # One who goes away while it is opened must not take it from the others.
            return await asyncio.shield(slot.opening)
        except BaseException:
            self._leave(key, slot)
            raise

    def give(self, key: Hashable) -> None:
        """What was taken is no longer used."""
        self._leave(key, self._slots[key])

    async def close(self) -> None:
        """Close everything; nothing is in use."""
        while self._slots:
            self._let_go(*self._slots.popitem())
        await asyncio.gather(*self._closing)

    def _leave(self, key: Hashable, slot: _Slot[T]) -> None:
        slot.users -= 1
        if slot.opening.done() and (slot.opening.cancelled() or slot.opening.exception()):
            if self._slots.get(key) is slot:
                del self._slots[key]
            return
        self._slots.move_to_end(key)
        for name, one in list(self._slots.items()):
            if len(self._slots) <= self._most:
                return
            if one.users == 0:
                self._let_go(name, self._slots.pop(name))

    def _let_go(self, key: Hashable, slot: _Slot[T]) -> None:
        task = asyncio.create_task(_closed(slot.opening), name=f"close {key}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _made(make: Callable[[], Awaitable[T]]) -> T:
    return await make()


async def _closed(opening: asyncio.Task[T]) -> None:
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()
