"""Rows behind one prefix: they join, grow token by token, and leave when they end or are sent away.

The rows at work always stand in the first places of the memory, so that a pass computes nothing
that nobody needs. Who joins, and when, is for others to say.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etude.models.generation.choosing import Chosen, next_tokens
from etude.models.generation.engine import Engine
from etude.models.generation.jobs import Finish
from etude.models.generation.passes import Memory, Prefix
from etude.models.generation.rows import Row

MOST_SCORES = 2**18
"""Attention scores of a head, for which rows at work wait for no prompt: beside these the passes that
are saved count for more."""


@dataclass(frozen=True)
class Taken:
    """What a pass gave one row; with an ``end`` the row is at no desk any more."""

    row: Row
    chosen: Chosen
    end: Finish | None


class Desk:
    """Rows at work.

    Args:
        engine: the model.
        prefix: what stands before every row's own ids.
        memory: of the rows; it must have a place for each of them, as wide as its need.
    """

    def __init__(self, engine: Engine, prefix: Prefix, memory: Memory) -> None:
        self.engine = engine
        self.prefix = prefix
        self.memory = memory
        self.rows: list[Row] = []

    def join(self, rows: Sequence[Row], *, beside: bool = False) -> list[Taken]:
        """One pass that reads the prompts of new rows; the others wait.

        ``beside``: they get their next token in the same pass, where short prompts make that cheap.
        """
        first = len(self.rows)
        self.rows += rows
        return self._pass(0 if beside and self._is_small() else first)

    def advance(self) -> list[Taken]:
        """One pass over all rows."""
        return self._pass(0)

    def dismiss(self, row: Row) -> None:
        """Send a row away before its end."""
        self._leave(self.rows.index(row))

    def _is_small(self) -> bool:
        """Whether a pass over all rows, each taken to be as long as the longest, has few scores."""
        width = max(len(row.pending) for row in self.rows)
        columns = max(row.length + len(row.pending) for row in self.rows)
        return len(self.rows) * width * columns <= MOST_SCORES

    def _pass(self, first: int) -> list[Taken]:
        """One pass over the rows from ``first`` on."""
        started = time.perf_counter()
        rows = self.rows[first:]
        lengths = np.array([row.length for row in rows], dtype=np.int64)
        pending = [row.pending for row in rows]
        logits = self.engine.extend(self.prefix, self.memory, first, lengths, pending)
        chosen = next_tokens(logits, [row.job for row in rows], [row.draw for row in rows])
        taken = [
            Taken(row, next_, row.take(next_)) for row, next_ in zip(rows, chosen, strict=True)
        ]
        share = (time.perf_counter() - started) / len(rows)
        for row in rows:
            row.seconds += share
        for place in range(len(rows) - 1, -1, -1):
            if taken[place].end is not None:
                self._leave(first + place)
        return taken

    def _leave(self, place: int) -> None:
        row, last = self.rows[place], self.rows.pop()
        if last is not row:
            self.rows[place] = last
            self.memory.move(len(self.rows), place, last.length)
