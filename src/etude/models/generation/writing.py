"""Many answers at once: rows join, grow token by token, end, and make room for the next.

The longest come first; a row that ends leaves at once and another takes its place, so no pass
computes what nobody needs. It knows rows and limits; texts, templates and forms are others'.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import torch

from etude.models.generation.desk import Desk
from etude.models.generation.engine import Engine
from etude.models.generation.jobs import Job, Written
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
    for group in _groups([Row(index, job) for index, job in enumerate(jobs)]):
        columns = group[0].need
        places = min(len(group), _places(engine, columns))
        desk = Desk(engine, prefix, Memory(places, columns))
        _write(desk, deque(group), places, step, done)
    return [done[index] for index in range(len(jobs))]


def _groups(rows: Sequence[Row]) -> Iterable[list[Row]]:
    """Rows of like length together, the longest first: their memory is as wide as the widest."""
    group: list[Row] = []
    for row in sorted(rows, key=lambda row: (-row.need, row.index)):
        if group and 2 * row.need < group[0].need > 256:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _write(
    desk: Desk, waiting: deque[Row], places: int, step: Step, done: dict[int, Written]
) -> None:
    """Work off one group: rows join as soon as it is worth a pass of its own."""
    while waiting or desk.rows:
        free = places - len(desk.rows)
        worth = min(len(waiting), max(1, places // 4))
        joins = bool(waiting) and free >= worth
        for one in desk.join(_joining(waiting, free)) if joins else desk.advance():
            if one.end is not None:
                done[one.row.index] = one.row.written(one.end)
                step.advance()


def _joining(waiting: deque[Row], free: int) -> list[Row]:
    joining = [waiting.popleft()]
    tokens = len(joining[0].pending)
    while waiting and len(joining) < free:
        tokens += len(waiting[0].pending)
        if tokens > TOKENS_PER_PASS:
            break
        joining.append(waiting.popleft())
    return joining


def _places(engine: Engine, columns: int) -> int:
    most = ROWS if engine.device.type == "cpu" else ROWS_ON_GPU
    return max(1, min(most, MEMORY_BYTES // (columns * engine.bytes_per_token)))
