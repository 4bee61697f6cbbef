"""Files that rows are written to: JSON Lines as they come, tables column by column.

No more than ``CHUNK`` rows are held as Python objects. It knows rows and files, not shapes.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from etude.data.sources._base import CHUNK
from etude.data.sources._packed import zstandard
from etude.data.sources._values import as_text, columns_of
from etude.data.writers._base import Row
from etude.errors import DataError

FORMATS: dict[str, str] = {
    "csv": ".csv",
    "tsv": ".tsv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "xlsx": ".xlsx",
}
"""What a file can be, and how its name ends."""
PACKED = (".gz", ".zst")
"""What may follow where a file is text."""
_TEXT = ("csv", "tsv", "jsonl")
_CELL = 32_767
_SHEET = 1_048_575
"""What a cell of a workbook and a sheet hold (Excel's specification and limits)."""


def format_of(name: str) -> str | None:
    """The kind of file that a name stands for, or None."""
    lower = name.lower()
    bare = lower.removesuffix(_packing(name))
    kind = next((kind for kind, ending in FORMATS.items() if bare.endswith(ending)), None)
    return kind if bare == lower or kind in _TEXT else None


def endings(kind: str | None = None) -> list[str]:
    """How names of a kind of file end, or of all kinds, packed ones last."""
    kinds = list(FORMATS) if kind is None else [kind]
    texts = [FORMATS[one] for one in kinds if one in _TEXT]
    return [*(FORMATS[one] for one in kinds), *(f"{one}{by}" for one in texts for by in PACKED)]


def _packing(name: str) -> str:
    return next((ending for ending in PACKED if name.lower().endswith(ending)), "")


class _Write(Protocol):
    """Writes all rows to ``path``, of a file that will be called ``name``."""

    def __call__(
        self, frame: pl.DataFrame, path: Path, name: str, lists: Sequence[str], /
    ) -> None: ...


class Rows(Protocol):
    """An open file of rows; ``close`` puts down what is still held."""

    def add(self, row: Row) -> None: ...
    def refuses(self, row: Row) -> str | None: ...
    def close(self) -> None: ...


@contextmanager
def opened(path: Path, name: str, lists: Sequence[str] = ()) -> Iterator[Rows]:
    """A file of rows at ``path``, of the kind that ``name`` stands for.

    Args:
        path: where to write.
        name: what it will be called.
        lists: columns of messages, which Parquet holds as lists.

    Raises:
        DataError: a workbook can't hold so much.
    """
    kind = format_of(name)
    if kind == "jsonl":
        with (
            _bytes_file(path, name) as file,
            io.TextIOWrapper(file, "utf-8", newline="\n") as text,
        ):
            yield _Lines(text)
        return
    made = _Columns(path, name, _WRITE[str(kind)], lists)
    yield made
    made.close()


@contextmanager
def _bytes_file(path: Path, name: str) -> Iterator[Any]:
    """What is written to it lies at ``path``, packed as ``name`` says."""
    packing = _packing(name)
    with path.open("wb") as raw:
        if packing == ".gz":
            # No time in the header: the same rows give the same file.
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                yield packed
        elif packing == ".zst":
            with zstandard(name).ZstdCompressor().stream_writer(raw) as packed:
                yield packed
        else:
            yield raw


class _Lines:
    """One JSON object a line."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def add(self, row: Row) -> None:
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def refuses(self, row: Row) -> str | None:
        return None if row else "the row is empty"

    def close(self) -> None:
        """Nothing is held."""


class _Columns:
    """Rows as columns of text, chunk by chunk."""

    def __init__(
        self,
        path: Path,
        name: str,
        write: _Write,
        lists: Sequence[str],
    ) -> None:
        self.path = path
        self.name = name
        self.write = write
        self.lists = lists
        self.kind = format_of(name)
        self._frames: list[pl.DataFrame] = []
        self._held: list[dict[str, str | None]] = []

    def add(self, row: Row) -> None:
        self._held.append({name: as_text(value) for name, value in row.items()})
        if len(self._held) >= CHUNK:
            self._put_down()

    def refuses(self, row: Row) -> str | None:
        texts = [text for text in map(as_text, row.values()) if text is not None]
        if not any(texts):
            return "the row is empty"
        if self.kind in ("csv", "tsv", "xlsx") and any("\0" in text for text in texts):
            return f"it holds a NUL character, which {self.kind} can't hold"
        if self.kind == "xlsx" and max(map(len, texts)) > _CELL:
            return f"a cell has more than the {_CELL:,} characters that a workbook holds"
        return None

    def _put_down(self) -> None:
        if self._held:
            data = columns_of(self._held)
            self._frames.append(pl.DataFrame(data, schema=dict.fromkeys(data, pl.String)))
            self._held.clear()

    def close(self) -> None:
        self._put_down()
        frame = pl.concat(self._frames, how="diagonal") if self._frames else pl.DataFrame()
        if self.kind == "xlsx" and len(frame) > _SHEET:
            raise DataError(
                f"{len(frame):,} rows are more than a sheet holds",
                where=self.name,
                expected=f"at most {_SHEET:,}",
                hint="write .csv or .parquet",
            )
        self.write(frame, self.path, self.name, self.lists)


def _csv(separator: str) -> _Write:
    def write(frame: pl.DataFrame, path: Path, name: str, lists: Sequence[str]) -> None:
        with _bytes_file(path, name) as file:
            frame.write_csv(file, separator=separator)

    return write


def _parquet(frame: pl.DataFrame, path: Path, name: str, lists: Sequence[str]) -> None:
    """Lists of messages as lists where all of their contents are text; else as JSON text."""
    frame.with_columns(
        _nested(frame[name]) for name in lists if name in frame.columns
    ).write_parquet(path)


def _nested(column: pl.Series) -> pl.Series:
    whole = column.drop_nulls()
    if not len(whole) or not whole.str.starts_with("[").all():
        return column
    keys: dict[str, None] = {}
    for start in range(0, len(whole), CHUNK):
        for cell in whole[start : start + CHUNK]:
            for message in json.loads(cell):
                if not all(isinstance(value, str | int | None) for value in message.values()):
                    return column
                keys |= dict.fromkeys(message)
    kinds = {key: pl.Int64 if key == "weight" else pl.String for key in keys}
    return column.str.json_decode(pl.List(pl.Struct(kinds)))


def _xlsx(frame: pl.DataFrame, path: Path, name: str, lists: Sequence[str]) -> None:
    # A text that begins with = is a text, and no formula.
    settings = dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    with xlsxwriter.Workbook(str(path), settings) as book:
        frame.write_excel(book)


_WRITE: dict[str, _Write] = {
    "csv": _csv(","),
    "tsv": _csv("\t"),
    "parquet": _parquet,
    "xlsx": _xlsx,
}
