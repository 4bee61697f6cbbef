"""Options that more than one verb takes, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectFolder = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        show_default=False,
        help="The project's folder. Default: this folder, or the nearest above it that has an "
        "etude.yaml.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout; words and progress go to stderr.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notices.")]
Technical = Annotated[
    bool,
    typer.Option("--technical", help="Exact terms: metric keys, intervals, p-values, settings."),
]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick", help="A rough answer sooner, from a part of the examples; the result says so."
    ),
]
Seeds = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        min=1,
        max=20,
        metavar="N",
        show_default=False,
        help="How often to train where chance plays a part. Default: what the ways ask for.",
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Agree to what would be asked, such as sending rows.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Stop at rows that can't be used and at findings.")
]
StrictRows = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stop where rows can't be used, or repeat examples that are kept aside."
    ),
]
Gate = Annotated[
    bool,
    typer.Option(
        "--gate",
        help="Exit with 1 unless the recommended way meets the whole bar for certain.",
    ),
]
JUnit = Annotated[
    Path | None,
    typer.Option(
        "--junit",
        metavar="FILE",
        show_default=False,
        help="Write the result as JUnit XML too, for a pipeline.",
    ),
]
Markdown = Annotated[
    Path | None,
    typer.Option(
        "--markdown",
        metavar="FILE",
        show_default=False,
        help="Write a summary for a pull request too.",
    ),
]
Dev = Annotated[
    bool,
    typer.Option(
        "--dev",
        help="A check for every change: scores dev, leaves the examples kept aside untouched, and "
        "keeps nothing to use.",
    ),
]
Watch = Annotated[
    bool,
    typer.Option(
        "--watch",
        help="Compare on dev, then again whenever etude.yaml or a file that it names changes, and "
        "say what that did. Ctrl-C ends it.",
    ),
]
