"""What the disk refuses, in words: errors of the operating system become ``StoreError``.

It knows which errors a person can act on; every other error passes through untouched.
"""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path
from types import TracebackType

from etude.errors import EtudeError, StoreError

TEMPORARY = ".tmp-"
"""How the names of temporary files and folders begin."""

_KEPT = "what was done is kept: "
_HINTS = {
    errno.EDQUOT: (
        "your quota on this disk is used up",
        _KEPT + "free space or ask for more, and type the same command",
    ),
    errno.EFBIG: (
        "a file grew past the largest size allowed here",
        _KEPT + "raise the limit (ulimit -f) or use another disk, and type the same command",
    ),
    errno.EACCES: ("no permission", "give yourself the right to read and write there (ls -ld)"),
    errno.EPERM: ("not permitted", "give yourself the right to read and write there (ls -ld)"),
    errno.EROFS: ("the disk is read-only", "copy the project to a disk that can be written"),
    errno.EISDIR: ("a folder is where a file should be", "move the folder away"),
    errno.ENOTDIR: ("a file is where a folder should be", "move the file away"),
    errno.EEXIST: ("a file is where a folder should be", "move the file away"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n 4096)"),
}


def size_in_words(count: int) -> str:
    """Bytes as people read them: ``12 MB``."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def free_bytes(path: Path) -> int:
    """Free space on the disk that ``path`` is on, or will be."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


def disk_full(where: Path) -> StoreError:
    """The disk that ``where`` is on is full."""
    return StoreError(
        f"the disk is full: {size_in_words(free_bytes(where))} free",
        where=str(where),
        hint=_KEPT + "free space and type the same command",
    )


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno
    # Writers in Rust and C++ (Parquet, safetensors) raise errors of their own with this text.
    found = re.search(r"os error (\d+)", str(error))
    if found:
        return int(found[1])
    return errno.ENOSPC if "No space left on device" in str(error) else None


def explain(error: BaseException, where: Path) -> StoreError | None:
    """The error in words, or None where it is not one of those a person can act on."""
    number = _number(error)
    named = getattr(error, "filename", None)
    hidden = isinstance(named, str) and Path(named).name.startswith(TEMPORARY)
    # A temporary name means nothing to a person: what it was to become does.
    place = Path(named) if isinstance(named, str) and not hidden else where
    if number == errno.ENOSPC:
        return disk_full(where)
    if number not in _HINTS:
        return None
    found, hint = _HINTS[number]
    return StoreError(found, where=str(place), hint=hint)


class storing:  # noqa: N801 - reads as a verb: with storing(path)
    """``with storing(path):`` turns what the disk refuses inside into ``StoreError``."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, EtudeError):
            explained = explain(error, self.where)
            if explained is not None:
                raise explained from error
