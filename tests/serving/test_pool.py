"""Things that are costly to open: opened once, kept, closed when nobody needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from etude.serving.pool import Pool


@dataclass
class Thing:
    name: str
    closed: bool = False

    async def close(self) -> None:
        self.closed = True


@dataclass
class Maker:
    made: list[Thing] = field(default_factory=list)
    seconds: float = 0.0
    fails: bool = False

    def __call__(self, name: str) -> Callable[[], Awaitable[Thing]]:
        async def make() -> Thing:
            await asyncio.sleep(self.seconds)
            if self.fails:
                raise ValueError(name)
            self.made.append(Thing(name))
            return self.made[-1]

        return make


async def settled() -> None:
    """Whatever is ready has run: nothing here waits for time or for other threads."""
    for _ in range(20):
        await asyncio.sleep(0)


async def use(pool: Pool[Thing], maker: Maker, name: str) -> Thing:
    async with pool.lent(name, maker(name)) as thing:
        assert not thing.closed
        return thing


def test_it_is_made_once_for_all_who_ask_meanwhile() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](2), Maker(seconds=0.01)
        found = await asyncio.gather(*(use(pool, maker, "a") for _ in range(9)))
        assert len(maker.made) == 1
        assert all(one is maker.made[0] for one in found)
        await pool.close()
        assert maker.made[0].closed

    asyncio.run(go())


def test_the_one_not_used_for_longest_goes_first_and_none_in_use() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](2), Maker()
        async with pool.lent("a", maker("a")) as first:
            await use(pool, maker, "b")
            await use(pool, maker, "c")
            await settled()
            assert [one.name for one in maker.made if one.closed] == ["b"]
            assert "a" in pool
        await use(pool, maker, "d")
        await use(pool, maker, "d")
        await settled()
        assert [one.name for one in maker.made if one.closed] == ["b", "c"]
        assert not first.closed

    asyncio.run(go())


def test_what_is_kept_by_nobody_is_closed_by_the_last_who_leaves() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](0), Maker()
        async with pool.lent("a", maker("a")) as outer:
            assert await use(pool, maker, "a") is outer
            await settled()
            assert not outer.closed
        await settled()
        assert outer.closed
        assert await use(pool, maker, "a") is not outer

    asyncio.run(go())


def test_a_failure_is_told_to_all_and_tried_again_by_the_next() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](2), Maker(seconds=0.01, fails=True)
        asking = (use(pool, maker, "a") for _ in range(3))
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(one) for one in found] == [ValueError] * 3
        assert "a" not in pool
        maker.fails = False
        assert (await use(pool, maker, "a")).name == "a"

    asyncio.run(go())


def test_one_who_goes_away_while_it_is_opened_does_not_take_it_from_the_others() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](2), Maker(seconds=0.03)
        leaving = asyncio.create_task(use(pool, maker, "a"))
        staying = asyncio.create_task(use(pool, maker, "a"))
        await asyncio.sleep(0.01)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (await staying).name == "a"
        await use(pool, maker, "b")
        await use(pool, maker, "c")
        await settled()
        assert [one.name for one in maker.made if one.closed] == ["a"]  # nobody is counted twice

    asyncio.run(go())


def test_what_nobody_waits_for_any_more_is_still_kept() -> None:
    async def go() -> None:
        pool, maker = Pool[Thing](1), Maker(seconds=0.02)
        alone = asyncio.create_task(use(pool, maker, "a"))
        await asyncio.sleep(0.005)
        alone.cancel()
        await asyncio.gather(alone, return_exceptions=True)
        await use(pool, maker, "a")
        assert len(maker.made) == 1

    asyncio.run(go())
