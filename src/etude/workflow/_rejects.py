"""The list of rows that were not written: which, why, and their beginnings."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from etude.data.sources._base import CHUNK
from etude.records.dataset import Reject


class Rejects:
    """Rows that were not written, as columns: a million of them must be cheap."""

    def __init__(self) -> None:
        self.first: Reject | None = None
        self._frames: list[pl.DataFrame] = []
        self._held: list[tuple[str, int, str, str]] = []

    def add(self, reject: Reject) -> None:
        """One of them."""
        self.first = self.first or reject
        self._held.append((reject.path, reject.line, reject.reason, reject.text))
        if len(self._held) >= CHUNK:
            self._put_down()

    def _put_down(self) -> None:
        schema = {"path": pl.String, "line": pl.Int64, "reason": pl.String, "text": pl.String}
        self._frames.append(pl.DataFrame(self._held, schema=schema, orient="row"))
        self._held.clear()

    def write(self, path: Path) -> None:
        """All of them as CSV, by their lines."""
        self._put_down()
        pl.concat(self._frames).sort("line", maintain_order=True).write_csv(path)
