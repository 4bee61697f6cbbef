"""Recording: committed before it returns, once, in few transactions, and without what nobody asked
to keep."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests._children import run
from tests.store.test_traffic import served

from etude.errors import StoreError
from etude.privacy import redact_row
from etude.records.traffic import Served
from etude.serving import recording
from etude.serving.config import Recording
from etude.serving.recording import Recorder
from etude.store import Store
from etude.store.traffic import Traffic

TEXT = {"input": "Write to ann.lee@example.com", "output": "Wrote to ann.lee@example.com."}


def record(store: Store, config: Recording, *rows: Served, keep_text: bool = False) -> list[Served]:
    """Add all rows at once; what an observer was told."""
    told: list[Served] = []

    async def every() -> None:
        recorder = Recorder(store, config, keep_text=keep_text)
        recorder.tell(told.append)
        await asyncio.gather(*(recorder.add(row) for row in rows))
        await recorder.stop()

    asyncio.run(every())
    return told


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path)


def test_many_at_once_cost_few_transactions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    add = Traffic.add

    def counted(self: Traffic, rows: list[Served], seconds: float) -> None:
        sizes.append(len(rows))
        add(self, rows, seconds)

    monkeypatch.setattr(Traffic, "add", counted)
    told = record(store, Recording(), *(served(f"r{n}") for n in range(200)))
    assert len(Traffic(store.database).newest(1000)) == len(told) == sum(sizes) == 200
    assert len(sizes) < 100


def test_text_is_kept_only_where_that_is_switched_on(store: Store) -> None:
    (told,) = record(store, Recording(), served("off", **TEXT))
    assert (told.input, told.output) == (None, None)
    record(store, Recording(text=True), served("on", **TEXT))
    traffic = Traffic(store.database)
    off, on = traffic.get("off"), traffic.get("on")
    assert off is not None
    assert on is not None
    assert (off.input, off.output) == (None, None)
    assert (on.input, on.output) == ("Write to [EMAIL_1]", "Wrote to [EMAIL_1].")
    assert traffic.forget_text(on.time + 29 * 86_400) == 0
    assert traffic.forget_text(on.time + 31 * 86_400) == 1


def test_of_a_long_text_the_beginning_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(fields: dict[str, str]) -> dict[str, str]:
        read.extend(map(len, fields.values()))
        return redact_row(fields)

    monkeypatch.setattr(recording, "redact_row", counted)
    monkeypatch.setattr(recording, "MOST_TEXT", 2_000)
    address = "ann.lee@example.com "
    long = ("a " * 500 + address).ljust(2_990) + address + "b " * 9_000
    record(store, Recording(text=True), served("long", input=long, output="c" * 2_001))
    row = Traffic(store.database).get("long")
    assert row is not None
    assert row.input is not None
    assert row.output == "c" * 2_000
    assert max(read) == 3_000
    assert len(row.input) <= 2_000
    assert "ann" not in row.input
    assert "[EMAIL_1]" in row.input


def test_an_observer_sees_redacted_text_that_is_not_recorded(store: Store) -> None:
    (told,) = record(store, Recording(), served("a", **TEXT), keep_text=True)
    assert told.input == "Write to [EMAIL_1]"
    row = Traffic(store.database).get("a")
    assert row is not None
    assert row.input is None


def test_what_can_t_be_redacted_is_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(fields: object) -> None:
        raise ValueError("a recogniser of someone's own")

    monkeypatch.setattr(recording, "redact_row", broken)
    record(store, Recording(text=True), served("a", **TEXT))
    row = Traffic(store.database).get("a")
    assert row is not None
    assert (row.input, row.output) == (None, None)


def test_each_who_waits_is_told_that_nothing_was_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Traffic, rows: object, seconds: float) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Traffic, "add", full)

    async def both() -> list[BaseException | None]:
        recorder = Recorder(store, Recording())
        adding = [recorder.add(served(name)) for name in "ab"]
        results = await asyncio.gather(*adding, return_exceptions=True)
        await recorder.stop()
        return results

    assert [type(result) for result in asyncio.run(both())] == [StoreError, StoreError]


def test_who_goes_away_while_waiting_is_recorded(store: Store) -> None:
    async def leaves() -> None:
        recorder = Recorder(store, Recording(text=True))
        tasks = [
            asyncio.create_task(recorder.add(row)) for row in (served("a"), served("b", **TEXT))
        ]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await recorder.stop()

    asyncio.run(leaves())
    assert {row.id for row in Traffic(store.database).newest(9)} == {"a", "b"}


def test_a_row_that_comes_after_the_end_is_written_too(store: Store) -> None:
    async def late() -> None:
        recorder = Recorder(store, Recording(text=True))
        await recorder.add(served("a"))
        await recorder.stop()
        await recorder.add(served("b", **TEXT))
        await recorder.stop()

    asyncio.run(late())
    assert [row.id for row in Traffic(store.database).newest(9)] == ["b", "a"]


KILLED = """
import asyncio, os, sys
from etude.serving.config import Recording
from etude.serving.recording import Recorder
from etude.store import Store
from tests.store.test_traffic import served

async def main():
    recorder = Recorder(Store.open(sys.argv[1]), Recording())
    async def one(n):
        await recorder.add(served(f"r{n}"))
        print(f"r{n}", flush=True)
        if n == 40:
            os._exit(9)
    await asyncio.gather(*(one(n) for n in range(200)))
asyncio.run(main())
"""


def test_a_kill_loses_nothing_that_was_promised(store: Store) -> None:
    done = run(KILLED, store.root, cwd=Path(__file__).parents[2])
    assert done.returncode == 9, done.stderr
    promised = set(done.stdout.split())
    assert "r40" in promised
    assert promised <= {row.id for row in Traffic(store.database).newest(1000)}
