"""``etude doctor``: what this machine can do, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._opening import TASK_FILE, find
from etude.cli._screen import print_json
from etude.errors import ModelError, UsageError

CANT_RUN = ModelError.exit_code


def doctor(
    devices: Annotated[
        bool, typer.Option("--devices", help="Ask torch what it can compute on: takes seconds.")
    ] = False,
    as_json: options.AsJson = False,
    project: options.ProjectFolder = None,
) -> None:
    """Say what this machine can do, which models can be loaded, and what is missing.

    Looks at this machine alone: nothing is downloaded and nothing is sent. In a project it looks
    at the models of its task too. Exit code 4 if the job can't run here.
    """
    root = _root(project)
    from etude.cli._health import show_health
    from etude.taskfile import read
    from etude.workflow.doctor import doctor as examine

    task = read(root / TASK_FILE).task if root else None
    found = examine(root, task, devices=devices)
    if as_json:
        print_json(found.to_json())
    else:
        show_health(found, root)
    if not found.can_run:
        raise typer.Exit(CANT_RUN)


def _root(named: Path | None) -> Path | None:
    """The project, if there is one: none is needed."""
    if named is not None:
        return find(named)
    try:
        return find(None)
    except UsageError:
        return None
