"""``etude run``: check, compare, report; each shown as it is done."""

from __future__ import annotations

from etude.cli import _options as options
from etude.cli._comparing import comparing, hold, refuse_no_bar
from etude.cli._failures import unmet
from etude.cli._opening import open_project
from etude.cli._screen import print_json


def run(
    quick: options.Quick = False,
    seeds: options.Seeds = None,
    yes: options.Yes = False,
    strict: options.Strict = False,
    gate: options.Gate = False,
    technical: options.Technical = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """The whole job: check the examples, compare the ways of doing the task, write the report.

    The same as etude check, etude compare and etude report one after the other. What is finished
    is kept: the same command goes on from where it was stopped.
    """
    opened = open_project(project, quiet)
    if gate:
        refuse_no_bar(opened)
    asked = comparing(quick, seeds, yes, strict, quiet)
    from etude.cli._checked import show_check, show_places, strictly
    from etude.cli._comparison import show
    from etude.cli._drawing import Paper
    from etude.cli._pages import pages_json, show_pages
    from etude.project import CheckOptions
    from etude.report.as_json import to_json

    paper = Paper()
    checked = opened.check(CheckOptions(quick=quick))
    if not as_json:
        show_check(paper, checked, opened.root)
    if strict and (found := strictly(checked)):
        if as_json:
            print_json({"schema": 1, "check": checked.to_json(), "compare": None, "report": None})
        raise unmet(found)
    comparison = opened.compare(asked)
    pages = opened.report()
    if as_json:
        print_json(
            {
                "schema": 1,
                "check": checked.to_json(),
                "compare": to_json(comparison),
                "report": pages_json(pages),
            }
        )
    else:
        show_places(paper, checked)
        show_pages(paper, pages)
        show(paper, comparison, opened.root, technical)
    if gate:
        hold(comparison)
