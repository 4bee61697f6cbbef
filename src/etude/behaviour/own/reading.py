"""The files that ``behaviour.cases`` names: each in Etude's form or promptfoo's, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from etude.behaviour.own import listed, promptfoo
from etude.behaviour.own._parts import Reading
from etude.behaviour.own.written import Surroundings, Written
from etude.errors import Problem, TaskError
from etude.records.task import Kind
from etude.taskfile.nodes import Document, parse
from etude.taskfile.words import shown

LARGEST = 10_000_000
"""Bytes of a file with cases."""
_EXPECTED = "a list of cases (`- input: …`), or promptfoo's `tests:`"


def read_cases(files: Sequence[str], folder: Path, around: Surroundings) -> tuple[Written, ...]:
    """Every case of these files, in their order.

    Args:
        files: paths in the project folder, as the task file has them.
        folder: the project's.
        around: what the cases are for.

    Raises:
        TaskError: everything that is wrong in any file, with file, line and field.
    """
    cases: list[Written] = []
    problems: list[Problem] = []
    for file in files:
        found, told = _file(file, folder, around)
        cases += found
        problems += [replace(one, file=file) for one in told]
    if problems:
        raise TaskError(str(folder), problems, of="the cases")
    return tuple(cases)


def _file(file: str, folder: Path, around: Surroundings) -> tuple[list[Written], list[Problem]]:
    text = _text(folder / file)
    if isinstance(text, Problem):
        return [], [text]
    form, document = _form(text, around.kind)
    if form is None:
        return [], list(document.problems)
    reading = Reading(file, folder, document, around, list(document.problems))
    found = form(reading)
    if not found and not reading.problems:
        reading.problems.append(Problem(1, "file", "found an empty list", _EXPECTED))
    told = sorted(reading.problems, key=lambda one: (one.line or 0, one.field))
    return found, told


def _form(text: str, kind: Kind) -> tuple[Callable[[Reading], list[Written]] | None, Document]:
    """The reader of a file, and the file as it reads it; None where it is neither form."""
    document = parse(text, listed.typed(kind), items=listed.CASES)
    if promptfoo.TESTS in document.values:
        return promptfoo.read, parse(text, promptfoo.typed)
    rows = document.get(listed.CASES)
    if isinstance(rows, list) and document.values.keys() == {listed.CASES}:
        if any(isinstance(one, dict) and "vars" in one for one in rows):
            return promptfoo.read, parse(text, promptfoo.typed, items=promptfoo.TESTS)
        return listed.read, document
    problems = tuple(
        # What a task file would hold there is no help to who writes cases.
        replace(one, expected=_EXPECTED) if one.field == "file" and one.expected else one
        for one in document.problems
    ) or (Problem(1, "file", f"found {shown(document.values)}", _EXPECTED),)
    return None, Document({}, {}, problems)


def _text(path: Path) -> str | Problem:
    try:
        if path.stat().st_size > LARGEST:
            return Problem(None, "file", "is larger than 10 MB", "cases, not examples")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = "change behaviour.cases in etude.yaml"
        return Problem(None, "file", "there is no such file", None, hint)
    except (OSError, UnicodeDecodeError) as error:
        return Problem(None, "file", f"can't be read: {error}", "a YAML file in UTF-8")
