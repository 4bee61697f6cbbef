"""``etude new``: a project folder; it asks at a terminal and takes defaults elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from etude.cli import _options as options
from etude.cli._interrupts import stay_interruptible
from etude.cli._screen import print_json


def _text(flag: str, metavar: str, text: str) -> Any:
    return typer.Option(flag, metavar=metavar, show_default=False, help=text)


def new(
    name: Annotated[
        Path, typer.Argument(metavar="NAME", help="The folder to make, named after the task.")
    ],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="What the task is.")
    ] = "classify",
    source: Annotated[
        Path | None,
        _text(
            "--from",
            "FILE",
            "Your examples: CSV, TSV, JSONL, Excel or Parquet; they are "
            "copied. Default: a few rows that come with Etude.",
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        _text(
            "--input",
            "COLUMN",
            "The column that is read; give it again for more. Default: a guess.",
        ),
    ] = None,
    target: Annotated[
        str | None, _text("--target", "COLUMN", "The column of right answers. Default: a guess.")
    ] = None,
    at_least: Annotated[
        str | None,
        _text(
            "--at-least",
            "SHARE",
            "How many answers must be right: 0.9, or 90 for 90 of 100. Default: 90.",
        ),
    ] = None,
    volume: Annotated[
        str | None,
        _text("--volume", "N", "How many times a month the task is done. Default: 1000."),
    ] = None,
    minutes: Annotated[
        str | None,
        _text("--minutes", "N", "Minutes that a wrong answer costs a person. Default: 2."),
    ] = None,
    rate: Annotated[
        str | None, _text("--rate", "MONEY", "What an hour of that person costs. Default: 30.")
    ] = None,
    currency: Annotated[
        str, typer.Option("--currency", metavar="CODE", help="What money is counted in.")
    ] = "EUR",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Make a project folder from your examples, with a task file to fill in.

    It looks at the examples, guesses which column is what, and asks a few questions about the
    work: Enter takes what is proposed. The folder can be used as it is; etude.yaml in it says
    everything that was guessed.
    """
    from etude.cli._asking import answered, may_ask
    from etude.cli._made import show_made
    from etude.workflow.new import NewAnswers, look
    from etude.workflow.new import new as make

    stay_interruptible()
    columns = NewAnswers(inputs=tuple(inputs or ()), target=target, currency=currency)
    typed = {
        "at_least": at_least,
        "requests_per_month": volume,
        "minutes_to_fix": minutes,
        "hourly_rate": rate,
    }
    ask = not yes and not as_json and may_ask(name, kind)
    answers = answered(look(source, columns), columns, typed, source, ask)
    made = make(name, kind=kind, source=source, answers=answers)
    if as_json:
        print_json(
            {
                "schema": 1,
                "folder": str(made.folder),
                "task": made.task_file.task.task,
                "files": [str(path) for path in made.files],
                "notes": list(made.notes),
            }
        )
    else:
        show_made(made)
