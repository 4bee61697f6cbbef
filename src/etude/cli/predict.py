"""``etude predict``: a text, columns by name, lines on stdin, or a table in and a table out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etude.cli import _options as options
from etude.cli._comparing import asking
from etude.cli._opening import nearby, open_project
from etude.cli._screen import clean, note, print_json
from etude.cli._texts import asked_for
from etude.errors import UsageError

if TYPE_CHECKING:
    from etude.project import Asked, Confirm, PredictedFile, Project

REJECTS_SHOWN = 5


Text = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TEXT]", show_default=False, help="A text to answer, in quotes."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="NAME=VALUE",
        show_default=False,
        help="One column of the input, where the task reads several; give it again for more.",
    ),
]
Whole = Annotated[
    bool,
    typer.Option("--whole", help="What comes on stdin is one text, line ends and all."),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--in",
        metavar="FILE",
        show_default=False,
        help="A table to answer row by row: CSV, TSV, JSONL, Excel or Parquet.",
    ),
]
Target = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        show_default=False,
        help="Where to write it; the ending says the format. Default: beside FILE, "
        "as NAME.predicted.csv.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file that --out names.")]
Candidate = Annotated[
    str | None,
    typer.Option(
        "--candidate",
        metavar="NAME",
        show_default=False,
        help="Another way than the recommended one, such as probe.",
    ),
]

FromRelease = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="NAME",
        show_default=False,
        help="Answer by a release: its name, its first digits, or production, canary, previous.",
    ),
]


def predict(
    text: Text = None,
    fields: Fields = None,
    whole: Whole = False,
    source: Source = None,
    target: Target = None,
    force: Force = False,
    candidate: Candidate = None,
    release: FromRelease = None,
    yes: options.Yes = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Answer new texts with the way that the newest comparison recommends.

    Give a text in quotes; or its columns, with --field once for each; or send texts on stdin, one a
    line; or name a table with --in: it is written again with every column kept and the prediction
    added, with how sure it is, or for tasks that write, whether it passes your checks. Before
    texts go to an endpoint you are asked.
    """
    opened = open_project(project, quiet)
    said = _Said(as_json, quiet)
    _refuse_both(bool(text or fields or whole), source, target, force)
    if source is None:
        asked = asked_for(text, fields, whole)
        _answer(opened, asked, _By(candidate, release), asking(yes, quiet), said)
    else:
        place = _target(source, target, force)
        confirm = asking(yes, quiet)
        _told(opened.predict_file(source, place, candidate, confirm, release), said)


@dataclass(frozen=True)
class _Said:
    """How results are told."""

    as_json: bool
    quiet: bool


@dataclass(frozen=True)
class _By:
    """Who answers: a candidate, a release, or by default the recommended candidate."""

    candidate: str | None
    release: str | None


def _refuse_both(asked: bool, source: Path | None, target: Path | None, force: bool) -> None:
    """Texts or a table, and what goes with each.

    Raises:
        UsageError: both at once, or an option of the other.
    """
    if source is None and (target is not None or force):
        raise UsageError(
            "--out and --force go with --in",
            where="etude predict",
            hint="etude predict --in FILE --out FILE",
        )
    if source is not None and asked:
        raise UsageError(
            "--in and something else to answer at once",
            where="etude predict",
            expected="one of a text, --field, --whole and --in",
        )


def _answer(
    opened: Project,
    texts: Sequence[Asked],
    by: _By,
    confirm: Confirm | None,
    said: _Said,
) -> None:
    """Answers in the order of the texts; an empty line is answered by an empty line."""
    from etude.cli._answers import say_not_checked, show_answers, with_gaps

    filled = [text for text in texts if not isinstance(text, str) or text.strip()]
    answers = opened.predict(filled, by.candidate, confirm, by.release)
    whole = with_gaps(texts, answers)
    if not texts and not said.quiet:
        note("No texts came in, so there is nothing to answer.")
    if said.as_json:
        if not said.quiet:
            say_not_checked(whole.not_checked)
        print_json(whole.to_json())
    else:
        show_answers(whole, said.quiet)


def _target(source: Path, target: Path | None, force: bool) -> Path:
    from etude.workflow.predict import place_for

    return place_for(source, target, replace=force)


def _told(done: PredictedFile, said: _Said) -> None:
    from etude.cli._answers import say_not_checked

    if done.rejects and not said.quiet:
        note(f"{len(done.rejects):,} rows could not be read and are not in the new table:")
        for reject in done.rejects[:REJECTS_SHOWN]:
            note(f"  line {reject.line}: {reject.reason}")
    if not said.quiet:
        say_not_checked(done.not_checked)
    if said.as_json:
        print_json(done.to_json())
        return
    empty = f", {done.unanswered:,} of them without an answer" if done.unanswered else ""
    print(clean(nearby(done.target)))
    if not said.quiet:
        failing = ""
        if done.failing is not None:
            failing = f" {done.failing:,} answers fail the schema or a check; the table says which."
        person = ""
        if done.everything is not None:
            person = f" All are for a person to look at (the column escalate): {done.everything}."
        elif done.escalated:
            person = f" {done.escalated:,} are for a person to look at (the column escalate)."
        note(f"{done.rows:,} rows answered by {done.candidate}{empty}.{failing}{person}")
