"""The files that a task names beside its examples: their hash is part of every result's key."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from etude.records.task import Task
from etude.taskfile import TASK_FILE
from etude.workflow import decisions


def files_hash(task: Task, root: Path) -> str:
    """sha256 (16 hex digits) of knowledge, preferences and check files; "" where there are none.

    A file that is missing is left to whoever reads it to complain about.
    """
    digest, any_file = hashlib.sha256(), False
    for path in sorted(set(_files(task, root))):
        any_file = True
        data = path.read_bytes()
        digest.update(f"{os.path.relpath(path, root.absolute())}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()[:16] if any_file else ""


def named_files(task: Task, root: Path) -> tuple[Path, ...]:
    """Every file that a comparison reads: the task file, examples, people's decisions about them, and
    what the task names beside. One that is not there is named too: it may be made."""
    base = root.absolute()
    data = [base / name for name in (task.data.examples, task.data.holdout) if name]
    inside = [path for place in data if place.is_dir() for path in place.rglob("*")]
    own = [base / TASK_FILE, base / decisions.FILE]
    return tuple(dict.fromkeys((*own, *data, *inside, *_files(task, root))))


def _files(task: Task, root: Path) -> Iterator[Path]:
    base = root.absolute()
    named = [task.data.knowledge, task.data.preferences]
    named += [
        str(check.get("value", "")).partition(":")[0]
        for check in task.checks
        if str(check.get("type", "")).removeprefix("not-") == "python"
    ]
    for name in named:
        place = base / name if name else None
        if place is None:
            continue
        if place.is_dir():
            yield from (path for path in place.rglob("*") if path.is_file())
        elif place.is_file():
            yield place
