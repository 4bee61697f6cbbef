"""Many answers at once: rows join, grow token by token, end, and make room for the next.

The longest come first; a row that ends leaves at once and another takes its place, so no pass
computes what nobody needs. It knows rows and limits; texts, templates and forms are others'.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np
import torch

from etude.models.generation.choosing import next_tokens
from etude.models.generation.engine import Engine
from etude.models.generation.jobs import Finish, Job, Written
from etude.models.generation.passes import Memory, Prefix
from etude.models.generation.rows import Row
from etude.progress import Step

ROWS = 64
"""Most rows of a pass on a CPU: larger ones gain nothing there."""
ROWS_ON_GPU = 256
MEMORY_BYTES = 2**30
"""Most bytes of the rows' own keys and values."""
TOKENS_PER_PASS = 4096
"""Most tokens of prompts that join in one pass."""


@torch.inference_mode()
def write_all(engine: Engine, prefix: Prefix, jobs: Sequence[Job], step: Step) -> list[Written]:
    """The answers, in the order of the jobs.

    Args:
        engine: the model.
        prefix: what stands before every job's own ids.
        jobs: what to write.
        step: told of each answer that is whole.
    """
    done: dict[int, Written] = {}
    for group in _groups(jobs):
        _Desk(engine, prefix, jobs, group, step, done).run()
    return [done[index] for index in range(len(jobs))]


def _groups(jobs: Sequence[Job]) -> Iterable[list[int]]:
    """Jobs of like length together, the longest first: their memory is as wide as the widest."""
    order = sorted(range(len(jobs)), key=lambda i: (-_need(jobs[i]), i))
    group: list[int] = []
    for index in order:
        if group and 2 * _need(jobs[index]) < _need(jobs[group[0]]) > 256:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def _need(job: Job) -> int:
    return len(job.ids) + job.most


class _Desk:
    """The rows of one group, those at work always in the first places of the memory."""

    def __init__(
        self,
        engine: Engine,
        prefix: Prefix,
        jobs: Sequence[Job],
        group: Sequence[int],
        step: Step,
        done: dict[int, Written],
    ) -> None:
        self.engine = engine
        self.prefix = prefix
        self.waiting = deque(Row(index, jobs[index]) for index in group)
        self.step = step
        self.done = done
        self.rows: list[Row] = []
        columns = max(_need(jobs[index]) for index in group)
        self.places = min(len(group), _places(engine, columns))
        self.memory = Memory(self.places, columns)

    def run(self) -> None:
        while self.waiting or self.rows:
            free = self.places - len(self.rows)
            worth = min(len(self.waiting), max(1, self.places // 4))
            if self.waiting and free >= worth:
                first = len(self.rows)
                self.rows += self._joining(free)
                self._advance(first)
            else:
                self._advance(0)

    def _joining(self, free: int) -> list[Row]:
        joining = [self.waiting.popleft()]
        tokens = len(joining[0].pending)
        while self.waiting and len(joining) < free:
            tokens += len(self.waiting[0].pending)
            if tokens > TOKENS_PER_PASS:
                break
            joining.append(self.waiting.popleft())
        return joining

    def _advance(self, first: int) -> None:
        """One pass over the rows from ``first`` on."""
        started = time.perf_counter()
        rows = self.rows[first:]
        lengths = np.array([row.length for row in rows], dtype=np.int64)
        pending = [row.pending for row in rows]
        logits = self.engine.extend(self.prefix, self.memory, first, lengths, pending)
        chosen = next_tokens(logits, [row.job for row in rows], [row.draw for row in rows])
        ends = [row.take(next_) for row, next_ in zip(rows, chosen, strict=True)]
        share = (time.perf_counter() - started) / len(rows)
        for row in rows:
            row.seconds += share
        for place in range(len(rows) - 1, -1, -1):
            end = ends[place]
            if end is not None:
                self._leave(first + place, end)

    def _leave(self, place: int, end: Finish) -> None:
        row, last = self.rows[place], self.rows.pop()
        if last is not row:
            self.rows[place] = last
            self.memory.move(len(self.rows), place, last.length)
        self.done[row.index] = row.written(end)
        self.step.advance()


def _places(engine: Engine, columns: int) -> int:
    most = ROWS if engine.device.type == "cpu" else ROWS_ON_GPU
    return max(1, min(most, MEMORY_BYTES // (columns * engine.bytes_per_token)))
