"""Which project a command means, and what to type next in it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import etude
from etude.cli._interrupts import stay_interruptible
from etude.cli.progress import progress, waiting
from etude.errors import UsageError

if TYPE_CHECKING:
    from etude.project import Project

TASK_FILE = "etude.yaml"


def find(named: Path | None) -> Path:
    """The project's folder: the one that was named, else this one or the nearest above it.

    Raises:
        UsageError: there is none.
    """
    if named is None:
        return _nearest(Path.cwd())
    if named.name == TASK_FILE and named.is_file():
        return named.parent
    if not named.is_dir():
        raise UsageError(
            "there is no such folder",
            where=str(named),
            expected=f"a folder with an {TASK_FILE}",
            hint=f"etude new {shlex.quote(str(named))}",
        )
    if not (named / TASK_FILE).exists():
        raise UsageError(
            f"there is no {TASK_FILE} in it",
            where=str(named),
            hint="etude new NAME makes a folder with one",
        )
    return named


def _nearest(here: Path) -> Path:
    for folder in (here, *here.parents):
        if (folder / TASK_FILE).exists():
            return folder
    raise UsageError(
        f"this is not a project: there is no {TASK_FILE} here or in a folder above",
        where=str(here),
        hint="etude new NAME makes one; or name the folder of one: --project DIR",
    )


def open_project(named: Path | None, quiet: bool) -> Project:
    """The project, with progress on stderr.

    Raises:
        UsageError: there is none.
        TaskError: its task file has problems; all are named.
    """
    root = find(named)
    with waiting("getting ready", quiet):
        opened: Project = etude.open(root, progress=progress(quiet))
    stay_interruptible()
    return opened


def to_type(command: str, root: Path) -> str:
    """``command`` so that it works from the folder that the person is in."""
    try:
        here = _nearest(Path.cwd()).resolve() == root.resolve()
    except UsageError:
        here = False
    return command if here else f"{command} --project {shlex.quote(nearby(root))}"


def nearby(path: Path) -> str:
    """The path as it is shortest to type from here."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
