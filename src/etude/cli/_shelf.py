"""Where the releases of a command lie: in a project, or in a folder that is served and has no task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etude.cli._opening import TASK_FILE, find, open_project
from etude.cli._serving import folder_of
from etude.cli.progress import progress
from etude.store import Store
from etude.workflow.session import Folder
from etude.workflow.shelved import Releases


@dataclass(frozen=True)
class Shelf:
    """Releases and the folder that they are kept in; ``has_task``: it is a project."""

    root: Path
    releases: Releases
    has_task: bool


def open_shelf(named: Path | None, quiet: bool, *, bringing: bool) -> Shelf:
    """The releases of a project; else those of the folder itself, where it keeps any or is brought one.

    Raises:
        UsageError: there is no such folder, or it keeps nothing.
        TaskError: its task file has problems; all are named.
    """
    is_file = named is not None and named.name == TASK_FILE and named.is_file()
    root = folder_of(named.parent if is_file and named is not None else named)
    if (root / TASK_FILE).exists() or not (bringing or (root / ".etude").is_dir()):
        project = open_project(find(named), quiet)
        return Shelf(project.root, project.releases, has_task=True)
    shown = progress(quiet)
    place = Folder(root, Store.open(root, notice=shown.say), shown)
    return Shelf(root, Releases(place), has_task=False)
