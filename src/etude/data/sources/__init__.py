"""One shape of file a module: rows out, rejects listed with their lines."""

from __future__ import annotations

from etude.data.sources._base import CELL_LIMIT, Source, Table
from etude.data.sources._read import SOURCES, read_table

__all__ = ["CELL_LIMIT", "SOURCES", "Source", "Table", "read_table"]
