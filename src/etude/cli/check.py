"""``etude check``: read the examples, and say what is worth knowing."""

from __future__ import annotations

from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._failures import unmet
from etude.cli._opening import open_project, to_type
from etude.cli._screen import print_json

Training = Annotated[
    bool,
    typer.Option(
        "--training",
        help="Show what a language model would be taught: samples, memory and time. Takes about "
        "a minute.",
    ),
]


def check(
    strict: options.Strict = False,
    training: Training = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Read the examples, and say what you should know before anything is tried on them.

    Your files are never changed. Runs no model unless asked to, and takes seconds.
    """
    opened = open_project(project, quiet)
    result = opened.check()
    planned = opened.planned_trainings() if training else []
    from etude.cli._checked import show_check, strictly
    from etude.cli._drawing import Paper
    from etude.cli._planned import show_planned

    if as_json:
        more = {"training": [one.to_json() for one in planned]} if training else {}
        print_json(result.to_json() | more)
    else:
        paper = Paper()
        show_check(paper, result)
        show_planned(paper, planned)
        paper.command(
            "Next, see which way of doing the task is worth it:",
            to_type("etude compare", opened.root),
        )
    if strict and (found := strictly(result)):
        raise unmet(found)
