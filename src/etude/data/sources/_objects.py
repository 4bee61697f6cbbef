"""From decoded JSON objects, each with its line, to a table: shared by ``jsonl`` and ``json``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from etude.data.sources._base import CHUNK, Builder, Place, Table
from etude.data.sources._text import TextFile
from etude.data.sources._values import as_text, columns_of, problem, unpaired
from etude.errors import DataError

Found = tuple[int, Any, str]
"""The line, the decoded value, and the text it was decoded from."""


def table_of(
    found: Iterable[Found], builder: Builder, place: Place, text: TextFile, shape: str
) -> Table:
    """Objects as rows; whatever is no object goes to the rejects.

    Raises:
        DataError: there is not a single row, nor a reject that could say why.
    """
    texts: set[str] = set()
    rows = _rows(found, builder, texts)
    while batch := list(islice(rows, CHUNK)):
        lines, objects = zip(*batch, strict=True)
        builder.chunk(lines, columns_of(objects))
    frame, lines_N, rejects = builder.done()
    if frame.is_empty():
        first = rejects[0] if rejects else None
        raise DataError(
            "no row of the file can be read" if first else "the file holds no rows",
            where=f"{place.shown}, line {first.line}" if first else place.shown,
            expected='objects such as {"text": "...", "label": "..."}',
            hint=f"line {first.line}: {first.reason}; is this CSV? then name it .csv"
            if first
            else "check that the export finished",
        )
    return Table(
        path=place.shown,
        columns=tuple(frame.columns),
        frame=frame,
        lines=lines_N,
        rejects=rejects,
        shape=shape,
        bytes=text.bytes,
        sha256=text.sha256,
        encoding=text.encoding,
        coded=frozenset(frame.columns).difference(texts),
    )


def _rows(
    found: Iterable[Found], builder: Builder, texts: set[str]
) -> Iterable[tuple[int, dict[str, str | None]]]:
    """The rows; ``texts`` gets the columns in which a value is text."""
    for line, value, raw in found:
        reason = problem(value)
        if reason is None:
            row = {key: as_text(cell) for key, cell in value.items()}
            if not unpaired(row):
                texts.update(key for key, cell in value.items() if isinstance(cell, str))
                yield line, row
                continue
            reason = "it holds half of a character (a lone \\ud83d or the like)"
        builder.reject(line, reason, raw)
