"""Rows as a dataset of Hugging Face ``datasets`` saved on disk, written by that library.

It knows columns of values; how a saved dataset is read without the library is for the sources.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from etude.errors import MissingDependency

_SLICE = 500
"""Rows that become one batch: of the longest cells that are read, no more than 2 GB of text, which
is what a batch of ordinary strings can hold."""


def datasets(where: str) -> Any:
    """The module ``datasets``.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        return import_module("datasets")
    except ImportError as error:
        raise MissingDependency(
            "saved datasets are written by a library that is not installed",
            where=where,
            hint="pip install 'etude[datasets]'; or write .parquet, which it reads",
        ) from error


def save(frame: pl.DataFrame, folder: Path, library: Any) -> None:
    """The rows as ``save_to_disk`` writes them; the same rows give the same files.

    Args:
        frame: the columns.
        folder: an empty folder.
        library: the module ``datasets``.
    """
    arrow = import_module("pyarrow")
    schema = _plain(arrow, frame.to_arrow().schema)
    parts = [part.to_arrow().cast(schema) for part in frame.iter_slices(_SLICE)]
    table = arrow.concat_tables(parts) if parts else schema.empty_table()
    made = library.Dataset(table, fingerprint=_fingerprint(frame))
    with _silent(library):
        made.save_to_disk(str(folder))


def _plain(arrow: Any, schema: Any) -> Any:
    """The schema with the types that such datasets usually have: polars has large ones alone."""

    def usual(kind: Any) -> Any:
        if arrow.types.is_large_string(kind):
            return arrow.string()
        if arrow.types.is_large_list(kind):
            return arrow.list_(usual(kind.value_type))
        if arrow.types.is_struct(kind):
            return arrow.struct([(one.name, usual(one.type)) for one in kind])
        return kind

    return arrow.schema([(field.name, usual(field.type)) for field in schema])


def _fingerprint(frame: pl.DataFrame) -> str:
    """The library's own changes with the moment."""
    names = repr(frame.schema).encode()
    rows = frame.hash_rows(seed=0).to_numpy().tobytes() if frame.width else b""
    return hashlib.sha256(names + rows).hexdigest()[:16]


@contextmanager
def _silent(library: Any) -> Iterator[None]:
    """No progress bar of the library's own on the screen."""
    shown = not library.are_progress_bars_disabled()
    library.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            library.enable_progress_bars()
