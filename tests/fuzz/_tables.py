"""What must hold for workbooks, Parquet, saved datasets, folders of texts and packed files: no error
but the project's own, and no row that is neither kept nor listed.

Rows that go in are counted by what the file was made of, and not by the readers' code.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
import pyarrow as pa
import zstandard

from etude.data.sources import Table, read_table
from etude.errors import EtudeError

from . import _files
from ._readers import unseen


def read(path: Path) -> Table | None:
    """The table, or None for an error that is told; every row has its own line, every cell is text."""
    try:
        table = read_table(path)
    except EtudeError:
        return None
    unseen(table)
    assert set(table.frame.dtypes) <= {pl.String}
    assert tuple(table.frame.columns) == table.columns
    assert len(table.frame) == len(table.lines)
    return table


def check_arrow(table: pa.Table, folder: Path) -> None:
    """Odd columns as Parquet and as a saved dataset."""
    paths = [folder / "t.parquet", folder / "saved"]
    try:
        paths[0].write_bytes(_files.parquet(table))
    except (pa.ArrowException, ValueError):
        paths.pop(0)  # not every type can be written so
    _files.saved(folder / "saved", _files.stream(table))
    for path in paths:
        made = read(path)
        if made is not None:
            assert len(made) + len(made.rejects) == table.num_rows


def check_changed(data: bytes, name: str, folder: Path) -> None:
    """Any bytes under the name of a kind of file: ``saved`` is the Arrow file of a saved dataset."""
    if name == "saved":
        read(_files.saved(folder / name, data))
        return
    path = folder / name
    path.write_bytes(data)
    read(path)


def check_workbook(grids: Sequence[Sequence[Sequence[Any]]], data: bytes, folder: Path) -> None:
    """Every row of the first sheet with something in it is there, but for the header."""
    path = folder / "t.xlsx"
    path.write_bytes(data)
    table = read(path)
    if table is None:
        return
    filled = sum(any(_shown(cell) for cell in row) for row in grids[0])
    headless = any("no header row" in note for note in table.notes)
    assert len(table) + len(table.rejects) == filled - (not headless)


def _shown(cell: Any) -> bool:
    value = cell[1] if isinstance(cell, tuple) else cell
    return value not in (None, "")


def check_texts(files: dict[str, bytes], folder: Path) -> None:
    """Every text is a row, the answer to one, or a reject."""
    for name, content in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            continue  # a folder has the name, or no file here can have it
    table = read(folder)
    if table is None:
        return
    texts = [path for path in _texts(folder) if not _answers(path)]
    answers = [path for path in _texts(folder) if _answers(path)]
    # An answer is taken by every text that is called as it is, whatever their endings.
    taken = {_bare(path) for path in answers} & {str(path.with_suffix("")) for path in texts}
    listed = len(table) + len(table.rejects)
    assert listed == len(texts) + len(answers) - len(taken)


def _texts(folder: Path) -> list[PurePosixPath]:
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [
        PurePosixPath(path)
        for path in found
        if path.suffix.lower() in (".txt", ".md", ".text")
        and not any(part.startswith(".") for part in path.parts)
    ]


def _answers(path: PurePosixPath) -> bool:
    bare, dot, what = path.stem.rpartition(".")
    return bool(bare and dot) and what.lower() in ("target", "ideal", "answer")


def _bare(path: PurePosixPath) -> str:
    return str(path.with_suffix("").with_suffix(""))


def check_packed_rows(data: bytes, ending: str, folder: Path) -> None:
    """What is packed is read as it is unpacked, whichever way and in however many pieces."""
    plain = folder / f"t{ending}"
    plain.write_bytes(data)
    table = read(plain)
    half = len(data) // 2
    pack = zstandard.ZstdCompressor().compress
    for packed in (
        gzip.compress(data, mtime=0),
        gzip.compress(data[:half], mtime=0) + gzip.compress(data[half:], mtime=0),
        pack(data),
        pack(data[:half]) + pack(data[half:]),
    ):
        path = folder / f"t{ending}.gz"
        path.write_bytes(packed)
        again = read(path)
        assert (again is None) == (table is None)
        if again is not None and table is not None:
            assert again.frame.equals(table.frame)
            assert len(again.rejects) == len(table.rejects)
