"""``etude diff``: what changed between two comparisons."""

from __future__ import annotations

from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._failures import unmet
from etude.cli._opening import open_project
from etude.cli._screen import print_json
from etude.errors import GateNotMet


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="The older comparison: previous, latest, a run's id, a release or its alias, the "
            "folder of another checkout, or a comparison.json.",
        ),
    ] = "previous",
    new: Annotated[str, typer.Argument(metavar="NEW", help="The newer one, likewise.")] = "latest",
    show_holdout: Annotated[
        bool,
        typer.Option(
            "--show-holdout",
            help="Name rows kept aside too. It is written down: once read, they no longer prove as "
            "much.",
        ),
    ] = False,
    gate: Annotated[
        bool,
        typer.Option(
            "--gate",
            help="Exit with 1 where what is recommended now is certainly worse than what was, by "
            "more than the margin, or where a condition that was met is now missed for certain.",
        ),
    ] = False,
    junit: options.JUnit = None,
    markdown: options.Markdown = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Say what changed between two comparisons: task, examples, quality, rows, cost, verdict.

    Where both scored the same examples, the difference is taken over them, example by example; else
    it says so, and its range is wider. Nothing is asked of a model.
    """
    opened = open_project(project, quiet)
    difference = opened.diff(old, new, show_holdout=show_holdout)
    from etude.cli._difference import show_difference
    from etude.cli._drawing import Paper
    from etude.cli._pipeline import write
    from etude.report import changes
    from etude.report import junit as cases
    from etude.report import markdown as summary
    from etude.verdict.difference.gate import objection

    against = objection(difference)
    write(junit, lambda: cases.of_difference(difference, against))
    write(markdown, lambda: summary.of_difference(difference, against))
    if as_json:
        print_json(changes.to_json(difference, against))
    else:
        show_difference(Paper(), difference)
    if gate and against is not None:
        raise unmet(GateNotMet(f"--gate: {against}", where=difference.new.run))
