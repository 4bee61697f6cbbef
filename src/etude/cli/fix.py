"""``etude fix``: what can be mended at once, accepted, taken back, written out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._opening import open_project
from etude.cli._screen import interactive, print_json
from etude.errors import UsageError

Codes = Annotated[
    list[str] | None, typer.Argument(metavar="[CODE ...]", help="Findings to mend, by their codes.")
]
Undo = Annotated[
    str | None,
    typer.Option(
        "--undo",
        metavar="CODE",
        show_default=False,
        help="Take back what was accepted of this finding.",
    ),
]
Tidy = Annotated[
    bool,
    typer.Option("--tidy", help="Take decisions out of decisions.jsonl that no longer fit."),
]
Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="FILE",
        show_default=False,
        help="Write the examples as they are by your decisions to a new file.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Let --export replace a file that is there.")]


def fix(
    codes: Codes = None,
    yes: options.Yes = False,
    undo: Undo = None,
    tidy: Tidy = False,
    export: Export = None,
    force: Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Accept the repairs that etude check proposes, for all rows of a finding at once.

    Without a code it lists what can be mended, with examples. What you accept is written to
    decisions.jsonl in the project's folder, and applied wherever the examples are read; your own
    files are never changed.
    """
    if bool(codes) + (undo is not None) + tidy + (export is not None) > 1:
        raise UsageError(
            "several things at once",
            where="etude fix",
            expected="one of codes, --undo, --tidy and --export",
        )
    opened = open_project(project, quiet)
    from etude.cli import _fixed as shown
    from etude.cli._drawing import Paper

    paper = Paper()
    if export is not None:
        written = opened.export_examples(export, replace=force)
        print_json(written.to_json()) if as_json else shown.show_exported(paper, written)
    elif undo is not None:
        back = opened.undo_fix(undo)
        print_json(back.to_json()) if as_json else shown.show_undone(paper, back, opened.root)
    elif tidy:
        count = opened.tidy_decisions()
        print_json({"schema": 1, "taken_out": count}) if as_json else shown.show_tidy(paper, count)
    elif not codes:
        repairs = opened.repairs()
        print_json(repairs.to_json()) if as_json else shown.show_repairs(
            paper, repairs, opened.root
        )
    else:
        if not yes:
            # A wrong name is told before anybody is asked to agree.
            proposed = opened.repairs(codes)
            _agree(codes, lambda: shown.show_proposed(paper, proposed), as_json)
        fixed = opened.fix(codes)
        print_json(fixed.to_json()) if as_json else shown.show_fixed(paper, fixed, opened.root)


def _agree(codes: list[str], show: Callable[[], None], as_json: bool) -> None:
    """Show what is proposed, and ask before anything is accepted.

    Raises:
        UsageError: nobody is there to agree.
    """
    listed = ", ".join(codes)
    if as_json or not interactive():
        raise UsageError(
            f"nobody agreed to mend {listed}",
            where="etude fix",
            hint=f"etude fix {' '.join(codes)} --yes; etude fix alone shows examples first",
        )
    show()
    if not typer.confirm(f"Accept all that is proposed for {listed}?", err=True):
        raise typer.Exit(0)
