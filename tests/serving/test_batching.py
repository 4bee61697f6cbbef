"""Items that wait together are computed together, each answered by its own result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from etude.serving.answering._batching import Batcher


class Computing:
    """Doubles numbers; holds on until ``go``; refuses a batch with a negative one."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()
        self.threads: set[str] = set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.threads.add(threading.current_thread().name)
        self.go.wait(5)
        if min(items) < 0:
            raise ValueError("negative")
        return [item * 2 for item in items]


def test_who_comes_meanwhile_is_in_the_next_batch() -> None:
    computing = Computing()

    async def go() -> None:
        batcher: Batcher[int, int] = Batcher("doubles", computing, most=4)
        first = asyncio.create_task(batcher(1))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(batcher(n)) for n in range(2, 9)]
        await asyncio.sleep(0.01)
        gone = others.pop(0)
        gone.cancel()
        computing.go.set()
        assert await first == 2
        assert await asyncio.gather(*others) == [6, 8, 10, 12, 14, 16]
        await batcher.close()

    asyncio.run(go())
    assert computing.batches == [[1], [3, 4, 5, 6], [7, 8]]
    assert len(computing.threads) == 1


def test_a_failure_is_told_and_the_next_batch_is_computed() -> None:
    computing = Computing()
    computing.go.set()

    async def go() -> None:
        batcher: Batcher[int, int] = Batcher("doubles", computing)
        with pytest.raises(ValueError, match="negative"):
            await batcher(-1)
        assert await batcher(4) == 8

    asyncio.run(go())
