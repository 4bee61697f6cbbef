"""``etude check``: read the examples, and say what is worth knowing."""

from __future__ import annotations

from etude.cli import _options as options
from etude.cli._failures import unmet
from etude.cli._opening import open_project, to_type
from etude.cli._screen import print_json


def check(
    strict: options.Strict = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Read the examples, and say what you should know before anything is tried on them.

    Your files are never changed. Runs no model, and takes seconds.
    """
    opened = open_project(project, quiet)
    result = opened.check()
    from etude.cli._checked import show_check, strictly
    from etude.cli._drawing import Paper

    if as_json:
        print_json(result.to_json())
    else:
        paper = Paper()
        show_check(paper, result)
        paper.command(
            "Next, see which way of doing the task is worth it:",
            to_type("etude compare", opened.root),
        )
    if strict and (found := strictly(result)):
        raise unmet(found)
