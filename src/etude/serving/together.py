"""Several streams read at once, as one: whatever comes first is given first.

It knows streams and their numbers, nothing of what is in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from etude.serving.answering._base import closing

T = TypeVar("T")


async def together(
    streams: Sequence[AsyncIterator[T]], at_once: int
) -> AsyncIterator[tuple[int, T]]:
    """What comes out of the streams, with the place of the stream that it comes from.

    The first failure of any ends all of them and is raised; so does closing this one.

    Args:
        streams: none of them begun yet.
        at_once: how many are read at the same time; the others follow in their order.
    """
    if len(streams) == 1:
        async with closing(streams[0]) as only:
            async for part in only:
                yield 0, part
        return
    queue: asyncio.Queue[tuple[int, T] | None] = asyncio.Queue()
    free = asyncio.Semaphore(at_once)

    async def read(place: int) -> None:
        async with free, closing(streams[place]) as stream:
            async for part in stream:
                queue.put_nowait((place, part))

    reading = [asyncio.create_task(read(place)) for place in range(len(streams))]
    every = asyncio.gather(*reading)
    every.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (numbered := await queue.get()) is not None:
            yield numbered
        await every
    finally:
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)
        if every.done() and not every.cancelled():
            every.exception()  # looked at, whoever else was told
