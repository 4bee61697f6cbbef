"""Files that rows are written to: JSON Lines as they come, tables and folders when all are there.

It knows rows and kinds of files, not shapes.
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

from etude.data.sources._packed import zstandard
from etude.data.sources._saved import of_saved
from etude.data.sources._texts import ENDINGS
from etude.data.sources._values import as_text
from etude.data.writers._base import Row
from etude.data.writers._columns import Columns, typed
from etude.data.writers._dataset import datasets, save
from etude.data.writers._texts import Texts
from etude.errors import DataError

FORMATS: dict[str, str] = {
    "csv": ".csv",
    "tsv": ".tsv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "xlsx": ".xlsx",
}
"""What a file can be, and how its name ends."""
FOLDERS: dict[str, str] = {"folder": "-texts", "dataset": "-dataset"}
"""What a folder can be, and how its name ends where nobody has named it."""
PACKED = (".gz", ".zst")
"""What may follow where a file is text."""
_TEXT = ("csv", "tsv", "jsonl")
_CELL = 32_767
_SHEET = 1_048_575
"""What a cell of a workbook and a sheet hold (Excel's specification and limits)."""
_EMPTY = "the row is empty"


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


def all_written(folder: Path) -> bool:
    """Whether all that lies in a folder is of kinds that are written into folders here."""
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return all(path.suffix.lower() in ENDINGS or of_saved(path) for path in files)


def _packing(name: str) -> str:
    return next((ending for ending in PACKED if name.lower().endswith(ending)), "")


class _Write(Protocol):
    """Writes all rows to ``path``, of a file that will be called ``name``."""

    def __call__(self, frame: pl.DataFrame, path: Path, name: str, /) -> None: ...


class Rows(Protocol):
    """An open file of rows; ``close`` puts down what is still held, and knows what to say of it."""

    notes: tuple[str, ...]
    lost: tuple[str, ...]

    def add(self, row: Row) -> None: ...
    def refuses(self, row: Row) -> str | None: ...
    def close(self) -> None: ...


@contextmanager
def opened(
    path: Path, name: str, lists: Sequence[str] = (), kind: str | None = None
) -> Iterator[Rows]:
    """A file of rows at ``path``, or an empty folder there that is filled.

    Args:
        path: where to write.
        name: what it will be called.
        lists: columns of messages, which Parquet and saved datasets hold as lists.
        kind: of ``FORMATS`` or ``FOLDERS``; None: what the name stands for.

    Raises:
        DataError: a workbook can't hold so much.
        MissingDependency: a library that writes such files is not installed.
    """
    kind = kind or format_of(name)
    if kind == "jsonl":
        with (
            _bytes_file(path, name) as file,
            io.TextIOWrapper(file, "utf-8", newline="\n") as text,
        ):
            yield _Lines(text)
        return
    made: Rows
    if kind == "folder":
        made = Texts(path)
    elif kind == "dataset":
        library = datasets(name)
        made = _Typed(path, name, lists, lambda frame, path, _: save(frame, path, library))
    elif kind == "parquet":
        made = _Typed(path, name, lists, lambda frame, path, _: frame.write_parquet(path))
    else:
        made = _Plain(path, name, str(kind))
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

    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __init__(self, file: Any) -> None:
        self.file = file

    def add(self, row: Row) -> None:
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def refuses(self, row: Row) -> str | None:
        return None if row else _EMPTY

    def close(self) -> None:
        """Nothing is held."""


class _Typed(Columns):
    """Rows as columns with types."""

    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __init__(self, path: Path, name: str, lists: Sequence[str], write: _Write) -> None:
        super().__init__()
        self.path = path
        self.name = name
        self.lists = lists
        self.write = write

    def refuses(self, row: Row) -> str | None:
        return None if any(map(as_text, row.values())) else _EMPTY

    def close(self) -> None:
        frame, coded = typed(self.frame(), self.kinds, self.lists)
        if coded:
            named = ", ".join(f"`{name}`" for name in coded)
            kinds = "objects, or of values of several types"
            self.notes = (f"columns of {kinds}, stand as JSON text: {named}",)
        self.write(frame, self.path, self.name)


class _Plain(Columns):
    """Rows as columns of text."""

    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def __init__(self, path: Path, name: str, kind: str) -> None:
        super().__init__()
        self.path = path
        self.name = name
        self.kind = kind

    def refuses(self, row: Row) -> str | None:
        texts = [text for text in map(as_text, row.values()) if text is not None]
        if not any(texts):
            return _EMPTY
        if any("\0" in text for text in texts):
            return f"it holds a NUL character, which {self.kind} can't hold"
        if self.kind == "xlsx" and max(map(len, texts)) > _CELL:
            return f"a cell has more than the {_CELL:,} characters that a workbook holds"
        return None

    def close(self) -> None:
        frame = self.frame()
        if self.kind == "xlsx" and len(frame) > _SHEET:
            raise DataError(
                f"{len(frame):,} rows are more than a sheet holds",
                where=self.name,
                expected=f"at most {_SHEET:,}",
                hint="write .csv or .parquet",
            )
        _WRITE[self.kind](frame, self.path, self.name)


def _csv(separator: str) -> _Write:
    def write(frame: pl.DataFrame, path: Path, name: str) -> None:
        with _bytes_file(path, name) as file:
            frame.write_csv(file, separator=separator)

    return write


def _xlsx(frame: pl.DataFrame, path: Path, name: str) -> None:
    # Takes a seventh of a second to import: every verb would wait for what few files need.
    import xlsxwriter  # type: ignore[import-untyped]

    # A text that begins with = is a text, and no formula.
    settings = dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    with xlsxwriter.Workbook(str(path), settings) as book:
        frame.write_excel(book)


_WRITE: dict[str, _Write] = {
    "csv": _csv(","),
    "tsv": _csv("\t"),
    "xlsx": _xlsx,
}
