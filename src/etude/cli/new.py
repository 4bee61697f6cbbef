"""``etude new``: a project folder; it asks at a terminal and takes defaults elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etude.cli import _options as options
from etude.cli._interrupts import stay_interruptible
from etude.cli._screen import print_json

if TYPE_CHECKING:
    from etude.workflow.new import NewResult


def _text(flag: str, metavar: str, text: str) -> Any:
    return typer.Option(flag, metavar=metavar, show_default=False, help=text)


Name = Annotated[
    Path, typer.Argument(metavar="NAME", help="The folder to make, named after the task.")
]
Kind = Annotated[
    str | None,
    _text(
        "--kind",
        "KIND",
        "What the task is: classify, extract, write, rewrite or chat. Default: a guess.",
    ),
]
Source = Annotated[
    Path | None,
    _text(
        "--from",
        "FILE",
        "Your examples: CSV, TSV, JSONL, Excel or Parquet; they are copied. Default: a few rows "
        "that come with Etude.",
    ),
]
Inputs = Annotated[
    list[str] | None,
    _text(
        "--input", "COLUMN", "The column that is read; give it again for more. Default: a guess."
    ),
]
Target = Annotated[
    str | None, _text("--target", "COLUMN", "The column of right answers. Default: a guess.")
]
AtLeast = Annotated[
    str | None,
    _text(
        "--at-least",
        "SHARE",
        "How many answers must be right: 0.9, or 90 for 90 of 100. Default: 90.",
    ),
]
Volume = Annotated[
    str | None, _text("--volume", "N", "How many times a month the task is done. Default: 1000.")
]
Minutes = Annotated[
    str | None, _text("--minutes", "N", "Minutes that a wrong answer costs a person. Default: 2.")
]
Rate = Annotated[
    str | None, _text("--rate", "MONEY", "What an hour of that person costs. Default: 30.")
]
Currency = Annotated[
    str, typer.Option("--currency", metavar="CODE", help="What money is counted in.")
]
AskNothing = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take the defaults.")]


def new(
    name: Name,
    kind: Kind = None,
    source: Source = None,
    inputs: Inputs = None,
    target: Target = None,
    at_least: AtLeast = None,
    volume: Volume = None,
    minutes: Minutes = None,
    rate: Rate = None,
    currency: Currency = "EUR",
    yes: AskNothing = False,
    as_json: options.AsJson = False,
) -> None:
    """Make a project folder from your examples, with a task file to fill in.

    It looks at the examples, guesses what the task is and which column is what, and asks a few
    questions about the work: Enter takes what is proposed. The folder can be used as it is;
    etude.yaml in it says everything that was guessed.
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
    answers = answered(look(source, columns, kind), columns, typed, source, ask)
    made = make(name, kind=kind, source=source, answers=answers)
    if as_json:
        print_json(_json(made))
    else:
        show_made(made)


def _json(made: NewResult) -> dict[str, Any]:
    """The versioned shape of ``etude new --json``."""
    return {
        "schema": 1,
        "folder": str(made.folder),
        "task": made.task_file.task.task,
        "kind": made.guess.kind,
        "files": [str(path) for path in made.files],
        "notes": list(made.notes),
    }
