"""Rows that join and leave at any time give what they give alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.models._causal_folders import make_module

from etude.models._auto import library
from etude.models.generation import desk as desk_module
from etude.models.generation import desks as desks_module
from etude.models.generation.desks import Desks
from etude.models.generation.engine import make_engine
from etude.models.generation.jobs import Job
from etude.models.generation.passes import EMPTY
from etude.models.generation.prefixes import Prefixes
from etude.models.generation.rows import Row
from etude.models.generation.writing import write_all
from etude.progress import Silent

VOCABULARY = 300
RNG = np.random.default_rng(0)
SHARED = [RNG.integers(4, VOCABULARY, size).astype(np.int32) for size in (0, 40, 70)]


@pytest.fixture(scope="module")
def engine():
    found, _ = make_engine(make_module("Llama"), library())
    assert found is not None
    return found


def jobs_of(count: int) -> list[tuple[np.ndarray, Job]]:
    """Prompts behind one of three prefixes, of many lengths; some are drawn."""
    found = []
    for number in range(count):
        rng = np.random.default_rng(number)
        ids = rng.integers(4, VOCABULARY, int(rng.integers(1, 50))).astype(np.int32)
        most, warm = int(rng.integers(1, 30)), 0.7 * (number % 3 == 0)
        job = Job(ids, most, frozenset({2, 0}), temperature=warm, seed=number)
        found.append((SHARED[number % len(SHARED)], job))
    return found


def alone(engine, shared: np.ndarray, job: Job) -> tuple[int, ...]:
    prefix = engine.prefix(shared) if len(shared) else EMPTY
    with Silent().step("") as step:
        return write_all(engine, prefix, [job], step)[0].ids


def run(desks: Desks, rows: list[tuple[np.ndarray, Row]], each: int = 3) -> list[int]:
    """A few join before every turn; the number of rows at work at each."""
    at_work, coming = [], list(rows)
    while coming or not desks.idle:
        for shared, row in coming[:each]:
            desks.wait(shared, row)
        coming = coming[each:]
        desks.turn()
        at_work.append(sum(len(desk.rows) for desk in desks._desks.values()))
    return at_work


@pytest.mark.parametrize("piece", [512, 8])
@pytest.mark.parametrize("limits", [{}, {"rows": 4, "memory_bytes": 200_000}])
def test_rows_that_come_at_any_time_are_as_alone(engine, limits, piece, monkeypatch):
    monkeypatch.setattr(desks_module, "TOKENS_PER_JOIN", piece)
    jobs = jobs_of(12)
    rows = [(shared, Row(i, job)) for i, (shared, job) in enumerate(jobs)]
    desks = Desks(engine, Prefixes(engine), **limits)
    at_work = run(desks, rows)
    assert max(at_work) > 3
    assert max(at_work) <= limits.get("rows", 12)
    for (shared, job), (_, row) in zip(jobs, rows, strict=True):
        assert tuple(row.out) == alone(engine, shared, job)


def test_memory_is_bounded_but_for_a_single_row(engine):
    desks = Desks(engine, Prefixes(engine), memory_bytes=64 * 8 * engine.bytes_per_token)
    long = RNG.integers(4, VOCABULARY, 200).astype(np.int32)
    for number in range(30):
        ids = long if number == 0 else long[: 5 + number]
        desks.wait(SHARED[number % 2], Row(number, Job(ids, 20, frozenset())))
    seen = []
    while not desks.idle:
        desks.turn()
        rows = sum(len(desk.rows) for desk in desks._desks.values())
        seen.append((rows, sum(desk.memory.bytes for desk in desks._desks.values())))
    assert max(rows for rows, _ in seen) > 4
    assert all(held <= desks.memory_bytes for rows, held in seen if rows > 1)


def test_who_leaves_leaves_no_trace(engine):
    jobs = jobs_of(12)
    rows = [Row(i, job) for i, (_, job) in enumerate(jobs)]
    desks = Desks(engine, Prefixes(engine), rows=6)
    for (shared, _), row in zip(jobs, rows, strict=True):
        desks.wait(shared, row)
    for _ in range(4):
        desks.turn()
    gone = [row for row in rows if row.index % 2]
    for row in gone:
        desks.dismiss(row)
    lengths = [len(row.out) for row in gone]
    while not desks.idle:
        desks.turn()
    assert [len(row.out) for row in gone] == lengths
    for (shared, job), row in zip(jobs, rows, strict=True):
        if row not in gone:
            assert tuple(row.out) == alone(engine, shared, job)


def test_a_long_prompt_is_read_while_the_others_go_on(engine, monkeypatch):
    monkeypatch.setattr(desks_module, "TOKENS_PER_JOIN", 10)
    desks = Desks(engine, Prefixes(engine))
    short = Row(0, Job(SHARED[1][:5], 30, frozenset()))
    long, gone = (Row(i, Job(SHARED[2], 2, frozenset())) for i in (1, 2))
    desks.wait(EMPTY.ids, short)
    desks.turn()
    desks.wait(EMPTY.ids, long)
    desks.wait(EMPTY.ids, gone)
    before = len(short.out)
    while not long.out:
        desks.turn()
    assert len(short.out) - before >= 6, "one token between any two of the seven pieces"
    while desks._reading is None:
        desks.turn()
    desks.dismiss(gone)
    while not desks.idle:
        desks.turn()
    assert tuple(long.out) == alone(engine, EMPTY.ids, long.job)
    assert (len(short.out), gone.out) == (30, [])


def test_short_prompts_are_read_beside_those_at_work(engine, monkeypatch):
    """Three rows that come one after another take no pass more than the last of them alone."""
    passes = []
    extend = engine.extend
    monkeypatch.setattr(engine, "extend", lambda *given: passes.append(given) or extend(*given))

    def turns(most_scores: int) -> tuple[int, list[list[int]]]:
        monkeypatch.setattr(desk_module, "MOST_SCORES", most_scores)
        passes.clear()
        desks = Desks(engine, Prefixes(engine))
        rows = [Row(i, Job(SHARED[1][i : i + 9], 6, frozenset())) for i in range(3)]
        for row in rows:
            desks.wait(EMPTY.ids, row)
            desks.turn()
        while not desks.idle:
            desks.turn()
        return len(passes), [row.out for row in rows]

    together, apart = turns(2**18), turns(0)
    assert together[1] == apart[1]
    assert (together[0], apart[0]) == (8, 9)


def test_a_prefix_is_computed_once_and_told(engine, monkeypatch):
    computed = []
    whole = engine.prefix
    monkeypatch.setattr(
        engine, "prefix", lambda ids, base: computed.append(ids) or whole(ids, base)
    )
    desks = Desks(engine, Prefixes(engine))
    rows = [Row(i, Job(SHARED[1][:5], 3, frozenset())) for i in range(4)]
    for row in rows[:2]:
        desks.wait(SHARED[2], row)
    while not desks.idle:
        desks.turn()
    desks.wait(SHARED[2][:50], rows[2])
    desks.wait(SHARED[0], rows[3])
    while not desks.idle:
        desks.turn()
    assert [row.cached for row in rows] == [0, 70, 50, 0]
    assert len(computed) == 1


def test_an_opening_longer_than_the_limit_is_read(engine):
    class Dictates:
        opening = [5] * 90
        finished = False

        def may_take(self, token: int) -> bool:
            return True

        def take(self, token: int) -> list[int]:
            return []

    row = Row(0, Job(SHARED[1], 1, frozenset(), guide=Dictates()))
    desks = Desks(engine, Prefixes(engine))
    desks.wait(EMPTY.ids, row)
    with torch.inference_mode():
        assert desks.turn()[0].end == "length"
