"""``etude new``: a project folder that validates and runs unedited.

It looks at the examples, guesses which column is what, and writes a commented task file, a copy of
the examples, and a one-page guide. What to ask at a terminal is in ``_asking``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from etude.data.sources import read_table
from etude.data.sources._packed import ENDINGS
from etude.errors import DataError, UsageError
from etude.records.task import BUILT_KINDS, KINDS, WRITING, Economics, Kind
from etude.registry import nearest
from etude.taskfile import TASK_FILE, TaskFile, read
from etude.workflow._asking import NewAnswers, Question, questions
from etude.workflow._guess import Guess, guess
from etude.workflow._guess_written import guess_talk, guess_written
from etude.workflow._scaffold import (
    make_folder,
    one_line,
    slug,
    yaml_block,
    yaml_flow,
    yaml_key,
    yaml_text,
)
from etude.workflow._unusable import no_answers, refuse_unusable, refuse_unwritable

__all__ = ["GUIDE", "NewAnswers", "NewResult", "Question", "look", "new", "questions"]

GUIDE = "GUIDE.md"
_MOST_LISTED = 1_000  # labels; more are left to the data, or the file would be unreadable
_EXAMPLES = "messages.csv"
_MEANINGS = {
    "delivery": "where the parcel is, when it comes, and how it is brought",
    "refund": "sending something back, wrong charges, and getting money back",
    "plant_care": "how to keep a plant healthy",
    "order_change": "changing or cancelling an order that was placed",
}
EXAMPLE_INSTRUCTIONS = (
    "Read the message that a customer of a plant shop has sent, and choose the one label that says "
    "what they need."
)
_FIGURES = {
    "requests_per_month": "",
    "minutes_to_fix": "a person's time on a wrong answer",
    "hourly_rate": "what that person's hour costs",
}
INSTRUCTIONS: dict[Kind, str] = {
    "classify": "Read the text and choose the one label that fits it best.",
    "extract": "Read the text and write its facts as JSON. Write null for what is not said.",
    "write": "From these fields, write the text that the examples show.",
    "rewrite": "Rewrite the draft in the way that the examples show, and add nothing to it.",
    "chat": "Reply to the last message in the way that the examples show.",
}


@dataclass(frozen=True)
class NewResult:
    """A project folder that was made."""

    folder: Path
    task_file: TaskFile
    files: tuple[Path, ...]
    guess: Guess

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should look at."""
        return self.guess.notes


def look(source: Path | None, answers: NewAnswers | None = None, kind: str | None = None) -> Guess:
    """What the examples seem to be, without writing anything; for questions and for ``new``.

    Args:
        source: the file; None looks at the rows that Etude brings along.
        answers: columns that a person has named.
        kind: of the task, where a person has named it.

    Raises:
        UsageError: the kind is unknown or not built yet.
        DataError: the file can't be read, or no column looks like an input or an answer.
    """
    known = _known_kind(kind)
    if source is None and known in WRITING:
        raise UsageError(
            "there are no example rows of this kind",
            where=f"--kind {known}",
            hint=f"etude new NAME --kind {known} --from FILE",
        )
    answers = answers or NewAnswers()
    path = source or _example_file()
    table = read_table(path)
    columns, rows = list(table.columns), table.rows
    for name in (*answers.inputs, *([answers.target] if answers.target else [])):
        if name not in columns:
            near = nearest(name, columns)
            raise DataError(
                f"there is no column {name!r}",
                where=str(path),
                expected=f"one of {', '.join(map(one_line, columns))}",
                hint=f"did you mean {near!r}?" if near else None,
            )
    named = {"inputs": answers.inputs, "target": answers.target}
    if not (answers.inputs or answers.target) and (talk := guess_talk(table, known)) is not None:
        refuse_unwritable(talk, columns, path)
        return talk
    if known != "classify":
        written = guess_written(columns, rows, kind=known, **named)  # type: ignore[arg-type]
        if written is not None:
            refuse_unwritable(written, columns, path)
            return written
    if known in WRITING:
        raise no_answers(known, columns, path)
    found = guess(columns, rows, inputs=answers.inputs, target=answers.target)
    refuse_unusable(found, columns, path)
    return found


def new(
    folder: Path,
    *,
    kind: str | None = None,
    source: Path | None = None,
    answers: NewAnswers | None = None,
) -> NewResult:
    """Make a project folder with ``etude.yaml``, ``data/`` and ``GUIDE.md``.

    Args:
        folder: a folder that does not exist yet, or is empty.
        kind: the kind of task; None: a guess.
        source: the examples (CSV, TSV, JSONL, Excel, Parquet), copied into ``data/``;
            ``file.xlsx#Sheet`` names a sheet; None writes a few example rows that run.
        answers: what a person said, else the defaults.

    Raises:
        UsageError: the kind is unknown or not built yet, or the folder is in use.
        DataError: the examples can't be used.
        StoreError: the disk refuses; nothing is left behind.
    """
    answers = answers or NewAnswers()
    found = look(source, answers, kind)
    make_folder(folder, partial(_fill, folder=folder, source=source, found=found, answers=answers))
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return NewResult(folder, read(folder / TASK_FILE), files, found)


def _safe(original: Path) -> str:
    """A name for the copy that every system takes, with its ending: of ``a.csv.gz`` that is both."""
    stem, ending = original.stem, original.suffix.lower()
    if ending in ENDINGS:
        inner = Path(stem)
        stem, ending = inner.stem, f"{inner.suffix.lower()}{ending}"
    return f"{slug(stem, 'examples')}{ending}"


def _fill(
    made: Path, *, folder: Path, source: Path | None, found: Guess, answers: NewAnswers
) -> None:
    """Write the whole project into ``made`` and read its task file back."""
    original, sheet = _file_and_sheet(source or _example_file())
    copied = f"data/{_safe(original)}"
    (made / "data").mkdir()
    if original.is_dir():
        shutil.copytree(original, made / copied)
    else:
        shutil.copyfile(original, made / copied)
    name = slug(folder.absolute().name, "task")
    values = _values(name, f"{copied}{sheet}", source, found, answers)
    for name in (TASK_FILE, GUIDE):
        text = _templates().get_template(f"{name}.j2").render(values)
        (made / name).write_text(text, encoding="utf-8", newline="\n")
    read(made / TASK_FILE)


def _values(
    name: str, copied: str, source: Path | None, found: Guess, answers: NewAnswers
) -> dict[str, Any]:
    """What the templates show."""
    meanings = _MEANINGS if source is None else {}
    labels = [
        {
            "name": label,
            "key": yaml_key(label),
            "meaning": meanings.get(label, ""),
            "count": f"{count:,} example{'s' if count != 1 else ''}",
        }
        for label, count in found.labels.items()
    ]
    long_keys = any(label["key"] is None for label in labels)
    style = "list" if long_keys else "mapping"
    if len(labels) > _MOST_LISTED:
        style = "none"
    return {
        "name": name,
        "source": one_line(source.name) if source else "the example rows that come with Etude",
        "instructions": EXAMPLE_INSTRUCTIONS if source is None else INSTRUCTIONS[found.kind],
        "kind": found.kind,
        "schema": yaml_block(found.schema) if found.schema else "",
        "checks": [yaml_flow(check) for check in found.checks],
        "rows": found.rows,
        "labels": labels,
        "label_style": style,
        "examples": copied,
        "label_count": len(labels),
        "inputs": found.inputs,
        "target": found.target,
        # One column in a list reads the same; text with {{ would be taken for a template.
        "input_as_list": len(found.inputs) > 1 or any("{{" in name for name in found.inputs),
        "id": found.id,
        "group": found.group,
        "notes": found.notes,
        "at_least": _number(answers.at_least),
        "at_least_percent": _number(answers.at_least * 100),
        "figures": [_figure(name, getattr(answers, name)) for name in _FIGURES],
        "currency": answers.currency.strip(),
    }


def _figure(name: str, said: float | None) -> dict[str, Any]:
    """A figure of the work; what nobody said is a note, so that it is known to be assumed."""
    assumed = Economics.model_fields[name].default
    return {
        "line": f"{name}: {_number(assumed if said is None else said)}",
        "stated": said is not None,
        "note": _FIGURES[name],
    }


def _file_and_sheet(source: Path) -> tuple[Path, str]:
    """``file.xlsx#Sheet`` as the file and "#Sheet"; an existing name has no sheet."""
    if source.exists() or "#" not in source.name:
        return source, ""
    name, _, sheet = source.name.rpartition("#")
    return source.with_name(name), f"#{sheet}"


def _number(value: float) -> str:
    """A number as a person writes it: 20000, 0.9."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text or "0"


def _templates() -> Environment:
    # Nothing here is HTML: the filters quote for YAML and for one line of Markdown.
    environment = Environment(
        loader=PackageLoader("etude.workflow", "templates/new"),
        autoescape=False,  # noqa: S701
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["yaml"] = yaml_text
    environment.filters["line"] = one_line
    return environment


def _example_file() -> Path:
    return Path(str(resources.files("etude.workflow"))) / "templates" / "new" / _EXAMPLES


def _known_kind(kind: str | None) -> Kind | None:
    if kind is None or kind in BUILT_KINDS:
        return kind
    available = ", ".join(BUILT_KINDS)
    near = nearest(kind, KINDS)
    known = kind in KINDS
    raise UsageError(
        f"{kind!r} is not built yet" if known else f"there is no kind {kind!r}",
        expected=f"available: {available}",
        hint=f"did you mean {near!r}?" if near and not known else None,
    )
