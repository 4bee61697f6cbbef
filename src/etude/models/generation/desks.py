"""Answers that come and go at any time: rows behind several prefixes, within bounded memory.

Rows with the same prefix share a desk and so a pass; desks take turns. A row that waits joins as
soon as there is room, between two passes of those at work, so that neither holds the other up. The
order is first come, first served: a large row at the head is not overtaken for ever by small ones.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from etude.models.generation.desk import Desk, Taken
from etude.models.generation.engine import Engine
from etude.models.generation.passes import Memory
from etude.models.generation.prefixes import Prefixes
from etude.models.generation.rows import Row
from etude.models.generation.writing import MEMORY_BYTES, ROWS, ROWS_ON_GPU

TOKENS_PER_JOIN = 512
"""Most tokens of prompts that are read in one pass while others wait for their next token; a longer
prompt is read in pieces."""
SHARE_OF_FREE = 0.5
"""Of an accelerator's free memory that the rows may take."""
COLUMNS = 64
"""Memory grows by so many places at least."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    shared: NDArray[np.int32]
    row: Row

    @property
    def key(self) -> bytes:
        return self.shared.tobytes()


@dataclass(frozen=True, eq=False)
class _Reading:
    """A long prompt that is read piece by piece, in a memory of its own until it is read."""

    desk: Desk
    key: bytes
    row: Row
    memory: Memory


class Desks:
    """Rows at work and rows that wait.

    Args:
        engine: the model.
        prefixes: of this engine.
        rows: most rows at work; None: what the device gains from.
        memory_bytes: most bytes of their keys and values; a single row may pass it alone. None:
            what is usual on a CPU, what an accelerator has left at the time.
    """

    def __init__(
        self,
        engine: Engine,
        prefixes: Prefixes,
        *,
        rows: int | None = None,
        memory_bytes: int | None = None,
    ) -> None:
        self.engine = engine
        self.prefixes = prefixes
        on_cpu = engine.device.type == "cpu"
        self.most_rows = rows or (ROWS if on_cpu else ROWS_ON_GPU)
        self.memory_bytes = memory_bytes or (MEMORY_BYTES if on_cpu else None)
        self._desks: OrderedDict[bytes, Desk] = OrderedDict()
        self._waiting: deque[_Waiting] = deque()
        self._reading: _Reading | None = None
        self._joined_last = False

    @property
    def idle(self) -> bool:
        """True where nothing is to be done."""
        return not self._waiting and not self._desks and self._reading is None

    def wait(self, shared: NDArray[np.int32], row: Row) -> None:
        """A row for when there is room, behind the prefix ``shared``, which may be empty."""
        self._waiting.append(_Waiting(shared, row))

    @torch.inference_mode()
    def dismiss(self, row: Row) -> None:
        """Send a row away, wherever it is; one that has ended already may be named too."""
        if self._reading is not None and self._reading.row is row:
            self._reading = None
            return
        for one in self._waiting:
            if one.row is row:
                self._waiting.remove(one)
                return
        for key, desk in self._desks.items():
            if row in desk.rows:
                desk.dismiss(row)
                self._tidy(key)
                return

    def clear(self) -> None:
        """Drop everything, where a pass has failed."""
        self._desks.clear()
        self._waiting.clear()
        self._reading = None

    @torch.inference_mode()
    def turn(self) -> list[Taken]:
        """One pass of one desk; what it gave each row."""
        if not (self._desks and self._joined_last):
            self._joined_last = True
            if self._reading is not None:
                return self._read(self._reading)
            joining = self._next() if self._waiting else []
            if joining:
                at_work = sum(len(desk.rows) for desk in self._desks.values())
                taken = self._join(joining)
                # Nobody waited for them, so nobody need go on before the next ones join.
                self._joined_last = len(taken) < at_work + len(joining)
                return taken
        self._joined_last = False
        key, desk = next(iter(self._desks.items()))
        self._desks.move_to_end(key)
        taken = desk.advance()
        self._tidy(key)
        return taken

    def _next(self) -> list[_Waiting]:
        """Those at the head of the queue, and those behind the same prefix, that there is room
        for; the memory of their desk is made large enough."""
        head = self._waiting[0]
        desk = self._desks.get(head.key)
        at_work = desk.rows if desk else []
        others = sum(len(one.rows) for one in self._desks.values()) - len(at_work)
        bytes_left = self._bytes_left(desk)
        columns = max((row.need for row in at_work), default=0)
        joining: list[_Waiting] = []
        tokens = 0
        for one in self._waiting:
            if one.key != head.key:
                continue
            rows = len(at_work) + len(joining) + 1
            wider = max(columns, one.row.need)
            tokens += len(one.row.pending)
            size = _rounded(rows, wider)
            fits = size[0] * size[1] * self.engine.bytes_per_token <= bytes_left
            fits = fits and rows + others <= self.most_rows
            alone = not self._desks and not joining
            if not alone and (not fits or (joining and tokens > TOKENS_PER_JOIN)):
                break
            columns = wider
            joining.append(one)
        return joining

    def _join(self, joining: list[_Waiting]) -> list[Taken]:
        key, rows = joining[0].key, [one.row for one in joining]
        for one in joining:
            self._waiting.remove(one)
        desk = self._desks.get(key)
        for row in rows:
            row.cached = len(joining[0].shared)
        if desk is None:
            rows[0].cached = self.prefixes.held(joining[0].shared)
            desk = Desk(self.engine, self.prefixes.get(joining[0].shared), Memory(0, 0))
        if len(rows[0].pending) > TOKENS_PER_JOIN:
            self._reading = _Reading(desk, key, rows[0], Memory(1, rows[0].need))
            return self._read(self._reading)
        return self._sit_down(desk, key, rows)

    def _sit_down(self, desk: Desk, key: bytes, rows: list[Row]) -> list[Taken]:
        _make_room(desk, [*desk.rows, *rows], self._bytes_left(desk))
        self._desks[key] = desk
        taken = desk.join(rows, beside=True)
        self._tidy(key)
        return taken

    def _read(self, reading: _Reading) -> list[Taken]:
        """The next piece of a long prompt; with the last one it joins the others."""
        row, desk = reading.row, reading.desk
        piece = row.pending[:TOKENS_PER_JOIN]
        if len(piece) < len(row.pending):
            length = np.array([row.length], dtype=np.int64)
            self.engine.extend(desk.prefix, reading.memory, 0, length, [piece])
            row.length += len(piece)
            row.pending = row.pending[len(piece) :]
            return []
        self._reading = None
        _make_room(desk, [*desk.rows, row], self._bytes_left(desk))
        desk.memory.adopt(reading.memory, len(desk.rows), row.length)
        return self._sit_down(desk, reading.key, [row])

    def _bytes_left(self, desk: Desk | None) -> int:
        """What the other desks leave to this one."""
        others = sum(one.memory.bytes for one in self._desks.values() if one is not desk)
        others += self._reading.memory.bytes if self._reading is not None else 0
        if self.memory_bytes is not None:
            return self.memory_bytes - others
        return (desk.memory.bytes if desk else 0) + _free(self.engine.device)

    def _tidy(self, key: bytes) -> None:
        """A desk without rows gives its memory back."""
        if not self._desks[key].rows:
            del self._desks[key]


def _make_room(desk: Desk, rows: list[Row], bytes_left: int) -> None:
    """Memory for these rows: more where it is too small, less where most of it lies idle or where
    it takes more than it may."""
    places, columns = _rounded(len(rows), max(row.need for row in rows))
    memory = desk.memory
    small = memory.rows < places or memory.columns < columns
    idle = memory.rows * memory.columns > 4 * places * columns
    if small or idle or memory.bytes > bytes_left:
        memory.resize(places, columns)


def _rounded(rows: int, columns: int) -> tuple[int, int]:
    """Rows to the next power of two, columns to the next step: memory is seldom copied."""
    return 1 << (rows - 1).bit_length(), -(-columns // COLUMNS) * COLUMNS


def _free(device: torch.device) -> int:
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int((torch.cuda.mem_get_info(device)[0] + kept) * SHARE_OF_FREE)
