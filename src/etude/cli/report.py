"""``etude report``: the newest comparison as pages, and at the terminal as far as is asked."""

from __future__ import annotations

from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._opening import open_project
from etude.cli._screen import print_json


def report(
    rows: Annotated[
        bool,
        typer.Option(
            "--rows",
            help="Show here which labels are mixed up, or which checks are failed, most often first.",
        ),
    ] = False,
    show_holdout: Annotated[
        bool,
        typer.Option(
            "--show-holdout",
            help="Put the examples kept aside on the rows page. It is written down: once read, "
            "they no longer prove as much.",
        ),
    ] = False,
    technical: options.Technical = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Write the newest comparison as pages into the project's folder: report.html, rows.html, cards.

    report.html has no rows of your data and is made to be sent on. rows.html has them, personal
    data masked, to see what each way gets wrong. cards/ has a model card of each way and a data card
    of the examples, in Markdown; no rows either.
    """
    opened = open_project(project, quiet)
    pages = opened.report(show_holdout=show_holdout)
    from etude.cli._comparison import checked, show_rows
    from etude.cli._drawing import Paper
    from etude.cli._mixups import show_mixups
    from etude.cli._pages import pages_json, show_pages
    from etude.cli._technical import show_technical

    if as_json:
        print_json(pages_json(pages))
        return
    paper = Paper()
    if technical:
        show_technical(paper, pages.comparison)
    elif rows:
        show_mixups(paper, pages.comparison)
    else:
        paper.prose(checked(pages.comparison))
        paper.line()
        show_rows(paper, pages.comparison)
        paper.prose(pages.comparison.verdict.sentence)
        paper.line()
    show_pages(paper, pages)
