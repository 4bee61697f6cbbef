"""Files and folders that appear whole or not at all, whatever kills the process.

What is written goes to a temporary neighbour on the same disk, is forced to the disk (fsync of
files and folders), and takes its name in one step. It knows nothing of what is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from etude.errors import StoreError
from etude.store.disk import TEMPORARY, storing

_HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
_FOREIGN_AGE = 7 * 24 * 3600.0
"""Seconds after which another machine's temporary file counts as abandoned: whether its process
lives can't be asked from here."""

_MANY = 100
"""Files."""


def temporary(folder: Path, name: str) -> Path:
    """A fresh hidden name in ``folder`` that says whose it is and ends like ``name``."""
    token = secrets.token_hex(4)
    return folder / f"{TEMPORARY}{_HOST}-{os.getpid()}-{token}-{name[-80:]}"


def sync(path: Path) -> None:
    """Force a file, or a folder's list of names, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows has no fsync of folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Force everything in ``folder`` to the disk, the folder itself last."""
    if sys.platform == "linux" and _many(folder):
        os.sync()  # milliseconds for all, where one file alone takes some
        return
    for parent, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(parent, name))
        sync(Path(parent))


def _many(folder: Path) -> bool:
    """Whether there are more files in it than one by one would be quick for."""
    count = 0
    for _, _, files in os.walk(folder):
        count += len(files)
        if count > _MANY:
            return True
    return False


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; silent where there is nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def discard(folder: Path, temps: Path) -> None:
    """Remove a folder so that no reader ever sees half of it: it loses its name first.

    ``temps`` is a folder on the same disk, swept on open.
    """
    doomed = temporary(temps, folder.name)
    with storing(folder):
        try:
            folder.rename(doomed)
        except FileNotFoundError:
            return
    remove(doomed)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:
        raise StoreError(
            "this folder can't be made", where=str(folder), hint="name another place"
        ) from error


@contextmanager
def file(path: Path) -> Iterator[Path]:
    """A temporary path to write; on a clean exit it becomes ``path``, else it is removed.

    A link is followed: the file that it names is replaced. Missing folders are made.

    Raises:
        StoreError: the disk is full or refuses; what stood at ``path`` is untouched.
    """
    target = Path(os.path.realpath(path))
    temp = temporary(target.parent, target.name)
    with storing(path):
        try:
            _make(target.parent)
            yield temp
            sync(temp)
            os.replace(temp, target)
            sync(target.parent)
        finally:
            remove(temp)


@contextmanager
def folder(path: Path, temps: Path | None = None, *, replace: bool = False) -> Iterator[Path]:
    """A fresh temporary folder to fill; on a clean exit it becomes ``path``, else it is removed.

    Args:
        path: the folder to be; it must not be there yet, unless it may be replaced.
        temps: where the temporary folder lives (same disk); beside ``path`` by default.
        replace: a folder that is there makes room for the new one when that is whole.

    Raises:
        StoreError: ``path`` is there already, or the disk is full or refuses.
    """
    path = Path(os.path.realpath(path)) if replace else path
    if path.exists() and not replace:
        raise StoreError("the folder is there already", where=str(path), hint="move it away")
    temp = temporary(temps or path.parent, path.name)
    with storing(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temp.mkdir(parents=True)
            yield temp
            sync_tree(temp)
            if replace and path.exists():
                _swap(temp, path)
            else:
                temp.rename(path)
            sync(path.parent)
        finally:
            remove(temp)


def _swap(new: Path, path: Path) -> None:
    """Give a folder the name of another, which is put aside before and removed after."""
    old = temporary(path.parent, path.name)
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        old.rename(path)
        raise
    remove(old)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A fresh temporary folder to fill; on a clean exit its files take the place of those of the
    same names in ``path``, each in one step.

    Raises:
        StoreError: the disk is full or refuses; a file is the old one or the new one.
    """
    temp = temporary(path.parent, path.name)
    with storing(path):
        try:
            temp.mkdir()
            yield temp
            sync_tree(temp)
            for made in sorted(temp.iterdir()):
                os.replace(made, path / made.name)
            sync(path)
        finally:
            remove(temp)


def write_bytes(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, whole or not at all.

    Raises:
        StoreError: the disk is full or refuses.
    """
    with file(path) as temp:
        temp.write_bytes(data)


def write_with(path: Path, write: Callable[[Path], object]) -> None:
    """Put at ``path`` what ``write(temporary path)`` writes there; see ``write_bytes``."""
    with file(path) as temp:
        write(temp)


def write_text(path: Path, text: str) -> None:
    """Put ``text`` at ``path`` as UTF-8 with its line ends as they are; see ``write_bytes``."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Put ``value`` at ``path`` as indented JSON that people can read; see ``write_bytes``."""
    # ASCII escapes keep even half an emoji, which UTF-8 can't hold.
    write_bytes(path, (json.dumps(value, indent=2, allow_nan=False) + "\n").encode("ascii"))


def _stale(path: Path) -> bool:
    parts = path.name.removeprefix(TEMPORARY).split("-")
    if len(parts) < 3 or not parts[1].isdigit():
        return False  # a person's own file
    if parts[0] == _HOST:
        return not psutil.pid_exists(int(parts[1]))
    with suppress(FileNotFoundError):
        return time.time() - path.lstat().st_mtime > _FOREIGN_AGE
    return False


def sweep(folder: Path) -> int:
    """Remove from ``folder`` the temporary files of processes that are dead; how many."""
    stale = [path for path in folder.glob(f"{TEMPORARY}*") if _stale(path)]
    for path in stale:
        remove(path)
    return len(stale)
