"""Open examples, whatever their shape. It knows names and first bytes, not the shapes."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

from etude.data.sources._base import Place, Source, Table
from etude.data.sources._content import HEAD, digest, is_json_lines, not_text, shape_of
from etude.data.sources._packed import packing_of, unpacked
from etude.data.sources._saved import is_saved, read_saved
from etude.data.sources._texts import read_texts
from etude.errors import DataError
from etude.registry import Registry

SOURCES = Registry("etude.data.sources", "SOURCE", "file shape")

_BINARY = ("parquet", "xlsx")


def read_table(path: str | Path, root: Path | None = None) -> Table:
    """Read rows: CSV or TSV, JSON or JSON Lines, an Excel workbook, Parquet; any of these packed as
    .gz or .zst; a folder of texts; a dataset that Hugging Face ``datasets`` has saved.

    Args:
        path: the file or folder; ``file.xlsx#Sheet`` names a sheet, ``folder#split`` a split.
        root: the project's folder: a relative ``path`` is looked for there, and errors, rejects
            and records name the file relative to it.

    Raises:
        DataError: there is no such file, it may not be read, it is empty, or it is no such table.
    """
    place = _place(str(path), root or Path())
    try:
        return _folder(place) if place.path.is_dir() else _file(place)
    except OSError as error:
        raise DataError(
            f"the file can't be read: {error.strerror or error}",
            where=place.shown,
            expected="a file that this user may read",
            hint="check its permissions" if isinstance(error, PermissionError) else None,
        ) from error


def _folder(place: Place) -> Table:
    if is_saved(place.path):
        return read_saved(place)
    if place.sheet is not None:
        raise DataError(
            f"the folder has no split {place.sheet!r}",
            where=place.shown,
            expected="a dataset saved with save_to_disk, or a folder of texts",
            hint="name the folder alone",
        )
    return read_texts(place)


def _file(place: Place) -> Table:
    with place.path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise DataError(
            "the file is empty",
            where=place.shown,
            expected="a header line and rows",
            hint="check that the export finished",
        )
    packing = packing_of(head)
    if packing is None:
        return _source(place, head).read(place)
    with unpacked(place, packing) as inner:
        table = _file(inner)
    # The record is of the file that people have.
    size = place.path.stat().st_size
    return replace(table, bytes=size, sha256=digest(place.path))


def _place(path: str, root: Path) -> Place:
    full, sheet = root / path, None
    if not full.exists() and "#" in path:
        path, _, sheet = path.rpartition("#")
        full = root / path
    shown = full.as_posix()
    if root != Path():
        inside, base = full.resolve(), root.resolve()
        shown = inside.relative_to(base).as_posix() if inside.is_relative_to(base) else shown
    if not full.exists():
        raise _missing(full, shown)
    return Place(full, shown, sheet)


def _missing(full: Path, shown: str) -> DataError:
    folder = full.parent
    try:
        beside = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    except PermissionError:
        beside = []
    near = difflib.get_close_matches(full.name, beside, n=1)
    return DataError(
        "there is no such file",
        where=shown,
        expected=f"a file in {folder.as_posix()}"
        if folder.is_dir()
        else f"the folder {folder.as_posix()}, which is not there",
        hint=f"did you mean {near[0]!r}?" if near else None,
    )


def _source(place: Place, head: bytes) -> Source:
    suffix = place.path.suffix.lower()
    shape = _by_suffix(suffix)
    foreign = not_text(head)
    if shape is None:
        shape = shape_of(head)
    if foreign is not None and shape not in _BINARY:
        what, hint = foreign
        raise DataError(
            f"this is {what}" + (f", though its name ends in {suffix}" if suffix else ""),
            where=place.shown,
            expected="rows of text",
            hint=hint,
        )
    if shape == "csv" and is_json_lines(head):
        raise DataError(
            f"this is JSON Lines, though its name ends in {suffix}",
            where=place.shown,
            expected="rows of separated values",
            hint="rename it to .jsonl",
        )
    source: Source = SOURCES.load(shape)
    return source


def _by_suffix(suffix: str) -> str | None:
    if suffix.removeprefix(".") in SOURCES:
        return suffix.removeprefix(".")
    for name in SOURCES.names():
        source: Source = SOURCES.load(name)
        if suffix in source.suffixes:
            return name
    return None
