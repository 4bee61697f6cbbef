"""``etude convert``: examples of one shape as examples of another, or in another kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etude.cli import _options as options
from etude.cli._opening import find, nearby, open_project
from etude.cli._screen import clean, note, print_json
from etude.errors import EtudeError

if TYPE_CHECKING:
    from etude.project import Converted, Project


def _text(flag: str, metavar: str, text: str) -> Any:
    return typer.Option(flag, metavar=metavar, show_default=False, help=text)


Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE]",
        show_default=False,
        help="The examples: a file or folder as etude check reads them. Default: the project's.",
    ),
]
To = Annotated[
    str,
    _text(
        "--to",
        "SHAPE",
        "What to write: openai, preference, trl, kto, alpaca, sharegpt, gemini, text or table; "
        "csv, tsv, jsonl, parquet, xlsx for a plain table of that kind; folder for a folder of "
        "texts, dataset for one saved as Hugging Face datasets does.",
    ),
]
From = Annotated[
    str | None,
    _text("--from", "SHAPE", "What the rows are, where it is not to be told by their columns."),
]
Target = Annotated[
    Path | None,
    _text(
        "--out",
        "FILE",
        "Where to write; the ending says the kind of file (.jsonl, .parquet, .csv and so on; "
        ".csv.gz, .jsonl.zst and the like are packed; a name without an ending is a saved dataset). "
        "Default: beside FILE, as NAME.SHAPE.jsonl.",
    ),
]
Inputs = Annotated[
    list[str] | None,
    _text(
        "--input", "COLUMN", "The column that is read, of a plain table; give it again for more."
    ),
]
Answers = Annotated[
    str | None, _text("--target", "COLUMN", "The column of right answers, of a plain table.")
]
Lossy = Annotated[
    bool,
    typer.Option(
        "--lossy", help="Write rows without what the shape can't hold, instead of leaving them out."
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the file or folder that --out names.")
]


def convert(
    to: To,
    source: Source = None,
    shape: From = None,
    target: Target = None,
    inputs: Inputs = None,
    answers: Answers = None,
    lossy: Lossy = False,
    force: Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Write examples in another shape, or in another kind of file.

    Works on any file, in a project or not. Says what the rows were read as and why. A row that
    would mean something else in the new shape is left out and listed in FILE.rejects.csv beside the
    new file, with the reason; nothing is lost in silence. Only with --force is what is there
    already replaced, the list too.
    """
    from etude.project import ConvertOptions, convert_file

    wanted = ConvertOptions(
        to=to,
        shape=shape,
        out=target,
        inputs=tuple(inputs or ()),
        target=answers,
        lossy=lossy,
        replace=force,
    )
    if source is None or project is not None:
        done = open_project(project, quiet).convert(wanted, source)
    elif (opened := _decided(source, quiet)) is not None:
        done = opened.convert(wanted, source)
    else:
        done = convert_file(source, wanted)
    if as_json:
        print_json(done.to_json())
        return
    print(clean(nearby(done.target)))
    if not quiet:
        _told(done)


def _decided(source: str, quiet: bool) -> Project | None:
    """The project that the person is in, where the file is its examples and there are decisions about
    them: these hold wherever the examples are read."""
    try:
        if not (find(None) / "decisions.jsonl").is_file():
            return None
        opened = open_project(None, quiet)
    except EtudeError:
        return None  # a file can be converted anywhere
    own = opened.root / opened.task.data.examples
    return opened if own.exists() and Path(source).exists() and own.samefile(source) else None


def _told(done: Converted) -> None:
    note(f"{done.source} was read as {done.read_as}: {done.reason}.")
    pairs = f" as {done.rows:,}" if done.rows != done.converted else ""
    rows = "row was" if done.read == 1 else "rows were"
    note(f"{done.converted:,} of {done.read:,} {rows} written{pairs}, as {done.written_as}.")
    for sentence in (*done.notes, *done.lost, *done.left_out):
        note(f"  {sentence}")
    if done.rejects is not None:
        said = "row is not in it; it is" if done.rejected == 1 else "rows are not in it; they are"
        note(f"{done.rejected:,} {said} listed in {nearby(done.rejects)}:")
        for reason, count in done.reasons:
            note(f"  {reason} ({count:,})")
        if rest := done.rejected - sum(count for _, count in done.reasons):
            note(f"  other reasons ({rest:,})")
