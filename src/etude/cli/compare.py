"""``etude compare``: the ladder, and the verdict at its end."""

from __future__ import annotations

from etude.cli import _options as options
from etude.cli._comparing import comparing, hold, refuse_beside_watch, refuse_no_bar
from etude.cli._opening import open_project
from etude.cli._pipeline import files
from etude.cli._screen import print_json


def compare(
    dev: options.Dev = False,
    watch: options.Watch = False,
    quick: options.Quick = False,
    seeds: options.Seeds = None,
    yes: options.Yes = False,
    strict: options.StrictRows = False,
    gate: options.Gate = False,
    junit: options.JUnit = None,
    markdown: options.Markdown = None,
    technical: options.Technical = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Try every way of doing the task on the same examples, and say which is worth it.

    The simple ways come first: instructions only, a few examples, look-up, a quick classifier;
    then fine-tuning. Nothing leaves this machine unless etude.yaml names an endpoint, and then you
    are asked. What is finished is kept: the same command goes on from where it was stopped.
    """
    asked = comparing(quick, seeds, yes, strict, quiet, dev=dev or watch)
    if watch:
        refuse_beside_watch(gate, as_json, junit, markdown)
        from etude.cli._watching import watching

        watching(project, asked, quiet)
        return
    opened = open_project(project, quiet)
    if gate:
        refuse_no_bar(opened, dev=dev)
    comparison = opened.compare(asked)
    # What draws is imported late, here and in the other verbs: `--help` needs none of it.
    from etude.cli._comparison import show
    from etude.cli._drawing import Paper
    from etude.report.as_json import to_json

    files(opened, comparison, junit, markdown)
    if as_json:
        print_json(to_json(comparison))
    else:
        show(Paper(), comparison, opened.root, technical)
    if gate:
        hold(comparison)
