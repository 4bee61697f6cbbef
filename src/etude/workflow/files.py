"""The files that a task names beside its examples: a result is found by hashes of what it read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from etude.records.task import Task
from etude.taskfile import TASK_FILE
from etude.workflow import decisions


def files_hash(task: Task, root: Path) -> str:
    """One hash of all that ``file_hashes`` tells apart; "" where there are no such files."""
    return _hash(root, (path for some in _files(task, root).values() for path in some))


def file_hashes(task: Task, root: Path) -> dict[str, str]:
    """sha256 (16 hex digits) of the files that each of ``knowledge``, ``preferences`` and ``checks``
    names; those that name none are left out.

    A file that is missing is left to whoever reads it to complain about.
    """
    found = {what: _hash(root, some) for what, some in _files(task, root).items()}
    return {what: value for what, value in found.items() if value}


def _hash(root: Path, paths: Iterable[Path]) -> str:
    digest, any_file = hashlib.sha256(), False
    for path in sorted(set(paths)):
        any_file = True
        data = path.read_bytes()
        digest.update(f"{os.path.relpath(path, root.absolute())}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()[:16] if any_file else ""


def named_files(task: Task, root: Path) -> tuple[Path, ...]:
    """Every file that a comparison reads: the task file, examples, people's decisions about them, and
    what the task names beside; of a folder that is named the folder too. One that is not there is named
    as well: it may be made."""
    base = root.absolute()
    data = [_without_part(base, name) for name in (task.data.examples, task.data.holdout) if name]
    knowledge = [base / name for name in (task.data.knowledge,) if name]
    inside = [path for place in (*data, *knowledge) if place.is_dir() for path in place.rglob("*")]
    own = [base / TASK_FILE, base / decisions.FILE]
    beside = [path for some in _files(task, root).values() for path in some]
    return tuple(dict.fromkeys((*own, *data, *knowledge, *inside, *beside)))


def _without_part(base: Path, name: str) -> Path:
    """The file or folder of ``file.xlsx#Sheet`` and ``folder#split``."""
    full = base / name
    return full if full.exists() or "#" not in name else base / name.rpartition("#")[0]


def _files(task: Task, root: Path) -> dict[str, list[Path]]:
    """The files that are there, by what names them."""
    checks: list[str | None] = [
        str(check.get("value", "")).partition(":")[0]
        for check in task.checks
        if str(check.get("type", "")).removeprefix("not-") == "python"
    ]
    named: dict[str, list[str | None]] = {
        "knowledge": [task.data.knowledge],
        "preferences": [task.data.preferences],
        "checks": checks,
    }
    base = root.absolute()
    return {
        what: [path for name in names if name for path in _below(base / name)]
        for what, names in named.items()
    }


def _below(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (path for path in place.rglob("*") if path.is_file())
    elif place.is_file():
        yield place
