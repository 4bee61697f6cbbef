"""A project folder made whole or not at all, and text that is safe in YAML, paths and comments.

It knows files and quoting; nothing of tasks.
"""

from __future__ import annotations

import errno
import re
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from etude.errors import StoreError, UsageError

_PART = ".etude-new-"
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10)),
}


def slug(text: str, fallback: str) -> str:
    """Letters, digits and dashes, at most 60: safe as a file's name everywhere."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[^\w]+|_+", "-", plain).strip("-")[:60].strip("-")
    if not words or words in _RESERVED:
        return f"{fallback}-{words}".strip("-")
    return words


def one_line(text: str) -> str:
    """Text that is safe in a comment and in a sentence: one line, printable, not long."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    kept = " ".join(kept.split())
    return kept if len(kept) <= 80 else kept[:79] + "…"


def yaml_text(text: str) -> str:
    """A YAML scalar that every YAML reader takes for exactly this text."""
    plain = re.fullmatch(r"[A-Za-z][\w./,;'()?!-]*(?: [\w./,;'()?!-]+)*", text, re.ASCII)
    if plain and yaml.safe_load(text) == text:
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize)
    return quoted.rstrip("\n")


def yaml_key(text: str) -> str | None:
    """A YAML key, or None where the text is longer than YAML allows keys to be."""
    written = yaml_text(text)
    return written if len(written) <= 1000 else None


def yaml_flow(value: dict[str, Any]) -> str:
    """A mapping on one line: ``{type: word-count, value: {max: 80}}``."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=sys.maxsize
    )
    return text.rstrip("\n")


def yaml_block(value: dict[str, Any]) -> str:
    """A mapping on several lines, indented by two; what is innermost on one line each."""
    text: str = yaml.safe_dump(
        value, default_flow_style=None, allow_unicode=True, sort_keys=False, width=110
    )
    return "".join(f"  {line}\n" for line in text.splitlines()).rstrip("\n")


def make_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make ``folder`` with what ``fill`` writes into the path it is given, whole or not at all.

    A new folder appears by one rename. An existing empty folder (``etude new .``) is filled by
    renames from a hidden part inside it, and emptied again if one fails.

    Raises:
        UsageError: the folder exists and is not empty, or is a file.
        StoreError: the disk refuses.
    """
    _refuse_used(folder)
    exists = folder.is_dir()
    home = folder if exists else folder.absolute().parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=_PART, dir=home))
        with _removed(part):
            made = part / "project"
            made.mkdir()
            fill(made)
            if exists:
                _move_into(made, folder)
            else:
                made.rename(folder)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            _refuse_used(folder)
        raise StoreError(
            f"the project can't be written: {error.strerror or error}",
            where=str(folder),
            hint="free some space, or choose a folder you may write to",
        ) from error


def _refuse_used(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            "this is a file",
            where=str(folder),
            expected="a new folder",
            hint=f"etude new {folder.stem}-task",
        )
    if folder.is_dir() and (inside := _entries(folder)):
        task = "etude.yaml" in inside
        raise UsageError(
            "the folder is a project already" if task else "the folder is not empty",
            where=str(folder),
            expected="a new or an empty folder; nothing was written",
            hint=f"etude check {folder}" if task else f"etude new {folder / 'task'}",
        )


def _entries(folder: Path) -> list[str]:
    """What lies in the folder, without parts that a stopped run left behind."""
    return sorted(item.name for item in folder.iterdir() if not item.name.startswith(_PART))


@contextmanager
def _removed(part: Path) -> Iterator[None]:
    try:
        yield
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _move_into(made: Path, folder: Path) -> None:
    """Rename everything into ``folder``; the task file last, since it makes it a project."""
    moved: list[Path] = []
    try:
        for item in sorted(made.iterdir(), key=lambda path: (path.suffix == ".yaml", path.name)):
            item.rename(folder / item.name)
            moved.append(folder / item.name)
    except BaseException:
        for item in moved:
            shutil.rmtree(item) if item.is_dir() else item.unlink()
        raise
