"""Datasets that Hugging Face ``datasets`` has saved on disk (``save_to_disk``), read without it.

A folder with ``state.json``, ``dataset_info.json`` and Arrow stream files; or one with
``dataset_dict.json`` and such a folder a split.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._columns import coded_columns, frame_of, without_bytes
from etude.data.sources._content import digest
from etude.errors import DataError
from etude.registry import nearest

_DICT, _STATE, _INFO = "dataset_dict.json", "state.json", "dataset_info.json"
KEY = "huggingface"


def is_saved(folder: Path) -> bool:
    """Whether a folder is a saved dataset."""
    return (folder / _DICT).is_file() or (folder / _STATE).is_file()


def of_saved(path: Path) -> bool:
    """Whether a file is called as those of a saved dataset are."""
    return path.suffix == ".arrow" or path.name in (_DICT, _STATE, _INFO)


def read_saved(place: Place) -> Table:
    """The dataset, or one split of several: the one that ``folder#split`` names, else train.

    Raises:
        DataError: no such split, no rows, or a file that is missing or damaged.
    """
    folder, notes = _split(place)
    state = _json(folder / _STATE, place)
    listed = state.get("_data_files")
    if not isinstance(listed, list) or not listed:
        raise _broken(place, f"{_STATE} names no data file")
    paths = [_inside(folder, entry, place) for entry in listed]
    frame = pl.concat([_arrow(path, place) for path in paths], how="vertical_relaxed")
    if frame.is_empty():
        raise DataError("the dataset holds no rows", where=place.shown, expected="rows")
    frame = _named_labels(frame, _json(folder / _INFO, place), notes)
    texts = without_bytes(frame, place, notes)
    builder = Builder(place)
    builder.frame(np.arange(1, len(frame) + 1, dtype=np.int64), texts)
    made, lines, rejects = builder.done()
    hashed = hashlib.sha256("".join(digest(path) for path in paths).encode())
    return Table(
        path=place.shown,
        columns=tuple(texts.columns),
        frame=made,
        lines=lines,
        rejects=rejects,
        shape=KEY,
        bytes=sum(path.stat().st_size for path in paths),
        sha256=hashed.hexdigest(),
        notes=tuple(notes),
        coded=coded_columns(frame),
    )


def _split(place: Place) -> tuple[Path, list[str]]:
    """The folder of the split to read, and what to say about the others."""
    if not (place.path / _DICT).is_file():
        if place.sheet is not None:
            raise DataError(
                f"the dataset has no split {place.sheet!r}: it is one alone",
                where=place.shown,
                expected="the folder's name alone",
            )
        return place.path, []
    splits = _json(place.path / _DICT, place).get("splits")
    names = [name for name in splits if isinstance(name, str)] if isinstance(splits, list) else []
    if not names:
        raise _broken(place, f"{_DICT} names no split")
    wanted = place.sheet or ("train" if "train" in names else names[0])
    if wanted not in names:
        near = nearest(wanted, names)
        raise DataError(
            f"the dataset has no split {wanted!r}",
            where=place.shown,
            expected=f"one of {', '.join(names)}",
            hint=f"did you mean {place.shown}#{near}?" if near else None,
        )
    folder = place.path / wanted
    if folder.resolve().parent != place.path.resolve():
        raise _broken(place, f"{_DICT} names the split {wanted!r}, which is no folder in it")
    others = [name for name in names if name != wanted]
    if place.sheet is not None or not others:
        return folder, []
    return folder, [
        f"the split {wanted!r} alone is read, not {', '.join(map(repr, others))}; "
        f"{place.shown}#{others[0]} would read another"
    ]


def _json(path: Path, place: Place) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _broken(place, f"{path.name} is missing") from None
    except (ValueError, RecursionError):
        raise _broken(place, f"{path.name} is no JSON") from None
    if not isinstance(found, dict):
        raise _broken(place, f"{path.name} holds no object")
    return found


def _inside(folder: Path, entry: Any, place: Place) -> Path:
    """A data file's path; one that leads out of the folder is refused."""
    name = entry.get("filename") if isinstance(entry, dict) else None
    path = folder / name if isinstance(name, str) else None
    if path is None or path.resolve().parent != folder.resolve():
        raise _broken(place, f"{_STATE} names a data file that is not in the folder")
    if not path.is_file():
        raise _broken(place, f"{path.name} is missing")
    return path


def _arrow(path: Path, place: Place) -> pl.DataFrame:
    return frame_of(
        lambda: pl.read_ipc_stream(path), lambda found: _broken(place, f"{path.name} {found}")
    )


def _named_labels(frame: pl.DataFrame, info: dict[str, Any], notes: list[str]) -> pl.DataFrame:
    """Numbers of labels as their names (the feature ``ClassLabel``)."""
    features = info.get("features")
    for name, feature in (features if isinstance(features, dict) else {}).items():
        names = feature.get("names") if isinstance(feature, dict) else None
        if name not in frame.columns or not frame[name].dtype.is_integer():
            continue
        if not (isinstance(names, list) and all(isinstance(one, str) for one in names)):
            continue
        known = dict(enumerate(names))
        if frame[name].drop_nulls().is_in(list(known)).all():
            column = frame[name].replace_strict(known, default=None, return_dtype=pl.String)
            frame = frame.with_columns(column)
            notes.append(f"the numbers in {name!r} were read as the names of their labels")
    return frame


def _broken(place: Place, found: str) -> DataError:
    return DataError(
        found,
        where=place.shown,
        expected="a folder as save_to_disk of Hugging Face datasets writes it",
        hint="copy it again, or save it again",
    )
