"""``etude check``: read the examples, audit them, and say what is worth knowing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etude.cli import _options as options
from etude.cli._failures import unmet
from etude.cli._opening import open_project, to_type
from etude.cli._screen import print_json

if TYPE_CHECKING:
    from etude.project import CheckResult
    from etude.workflow.training import Planned

Training = Annotated[
    bool,
    typer.Option(
        "--training",
        help="Show what a language model would be taught: samples, memory and time. Takes about "
        "a minute.",
    ),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="Leave out what needs a model to look; seconds, not minutes."),
]
Full = Annotated[
    bool, typer.Option("--full", help="Look at everything, however long a model needs for it.")
]
Measure = Annotated[
    bool,
    typer.Option(
        "--measure",
        help="Measure what leaving out the rows of each warning and error would change, and what more "
        "examples would: the quick classifier learns again and again, which takes minutes.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show every finding, not only the first ten.")]
Rows = Annotated[
    Path | None,
    typer.Option(
        "--rows",
        metavar="FILE",
        show_default=False,
        help="Write every row of every finding to a .csv, .jsonl or .parquet file.",
    ),
]
ShowHoldout = Annotated[
    bool,
    typer.Option(
        "--show-holdout",
        help="With --rows: write what was found in rows that are kept aside too. It is written down: "
        "once read, they no longer prove as much.",
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Let --rows and --write-baseline replace another file.")
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        show_default=False,
        help="Exit with 1 only for faults that this file does not know. Keep it under version "
        "control.",
    ),
]
WriteBaseline = Annotated[
    bool,
    typer.Option(
        "--write-baseline", help="Write that file: what is found now is known from then on."
    ),
]
Traffic = Annotated[
    Path | None,
    typer.Option(
        "--traffic",
        metavar="FILE",
        show_default=False,
        help="Real inputs, as from a log, to hold the examples against. Same columns as the input.",
    ),
]


def check(
    strict: options.Strict = False,
    quick: Quick = False,
    full: Full = False,
    measure: Measure = False,
    everything: All = False,
    rows: Rows = None,
    show_holdout: ShowHoldout = False,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = False,
    force: Force = False,
    traffic: Traffic = None,
    training: Training = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Read the examples, and say what you should know before anything is tried on them.

    Your files are never changed. The rows that something was found in stand in audit.html, in the
    project's folder. What needs a model to look says first how long it will take; --quick leaves it
    out.
    """
    opened = open_project(project, quiet)
    from etude.project import CheckOptions

    asked = CheckOptions(
        strict=strict,
        quick=quick,
        full=full,
        measure=measure,
        rows=rows,
        show_holdout=show_holdout,
        baseline=baseline,
        write_baseline=write_baseline,
        traffic=traffic,
        replace=force,
    )
    # What fails is shown first.
    result = opened.check(replace(asked, strict=False))
    planned = opened.planned_trainings() if training else []
    from etude.cli._checked import newly, strictly

    if as_json:
        more = {"training": [one.to_json() for one in planned]} if training else {}
        print_json(result.to_json() | more)
    else:
        _show(result, planned, opened.root, everything)
    if strict and (found := strictly(result)):
        raise unmet(found)
    if found := newly(result):
        raise unmet(found)


def _show(result: CheckResult, planned: Sequence[Planned], root: Path, everything: bool) -> None:
    """On the screen: what was found, what would be trained, where the rows stand, what is next."""
    from etude.cli._checked import show_check, show_places
    from etude.cli._drawing import Paper
    from etude.cli._planned import show_planned

    paper = Paper()
    show_check(paper, result, root, everything=everything)
    show_planned(paper, planned)
    show_places(paper, result)
    paper.command(
        "Next, see which way of doing the task is worth it:", to_type("etude compare", root)
    )
