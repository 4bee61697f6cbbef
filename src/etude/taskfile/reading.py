"""Read a task file: every problem at once, or a task with what was assumed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from etude.errors import Problem, TaskError
from etude.records.task import Assumption, Task
from etude.taskfile import (
    behaviour_rules,
    contract,
    data_rules,
    improve_rules,
    judge_rules,
    model_rules,
    rules,
    shape,
)
from etude.taskfile.assumptions import assumptions
from etude.taskfile.labels import label_warnings, read_labels
from etude.taskfile.nodes import Document, dotted, parse

TASK_FILE = "etude.yaml"
_LARGEST = 1_000_000  # bytes; a task file has settings, not examples
_NEW = "etude new FOLDER"


@dataclass(frozen=True)
class TaskFile:
    """A task file that was read.

    Args:
        task: what it says, with defaults.
        assumptions: one for each default that was not written.
        path: the file, absolute; paths in the task are relative to its folder.
        text_hash: sha256 of its bytes, in hex.
        warnings: what is allowed and still worth a word.
    """

    task: Task
    assumptions: tuple[Assumption, ...]
    path: Path
    text_hash: str
    warnings: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The project folder."""
        return self.path.parent


def read(path: Path) -> TaskFile:
    """Read and validate the task file at ``path``.

    Raises:
        TaskError: with every problem, each with its line, field, and what was expected.
    """
    raw = _bytes(path)
    document = parse(_text(raw, path), typed=frozenset({"schema", "checks", "training"}))
    if not document.values:
        hint = _NEW if not raw.strip() else None
        raise TaskError(str(path), document.problems or _nothing(), hint)
    labels, label_problems = read_labels(document)
    told = [
        *document.problems,
        *label_problems,
        *rules.check(document),
        *data_rules.check(document),
        *model_rules.check(document),
        *judge_rules.check(document),
        *improve_rules.check(document),
        *behaviour_rules.check(document),
        *contract.check(document, path.parent),
    ]
    task, mistyped = shape.validate(document, labels)
    # A rule says more than a type does: where both speak of one place, the rule is told.
    places = {(problem.line, problem.field) for problem in told}
    problems = [
        *told,
        *(problem for problem in mistyped if (problem.line, problem.field) not in places),
    ]
    if problems or task is None:
        raise TaskError(str(path), _ordered(problems))
    warnings = [
        *label_warnings(task.labels),
        *model_rules.model_warnings(task),
        *judge_rules.judge_warnings(task),
        *_warnings(document),
    ]
    return TaskFile(
        task=task,
        assumptions=assumptions(task, _written(document), path.name),
        path=path.absolute(),
        text_hash=hashlib.sha256(raw).hexdigest(),
        warnings=tuple(warnings),
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            problem = Problem(
                None,
                "file",
                f"is {path.stat().st_size / 1e6:.0f} MB",
                "settings only; the examples go in a file named by data.examples",
            )
            raise TaskError(str(path), [problem])
        return path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file", None, _NEW) from None
    except IsADirectoryError:
        inside = path / TASK_FILE
        hint = str(inside) if inside.exists() else f"etude new {path}"
        raise _unreadable(path, "this is a folder", "a task file", hint) from None
    except OSError as error:
        raise _unreadable(path, f"can't be read: {error.strerror}", None, None) from error


def _unreadable(path: Path, found: str, expected: str | None, hint: str | None) -> TaskError:
    return TaskError(str(path), [Problem(None, "file", found, expected)], hint)


def _text(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        line = None if wide else raw.count(b"\n", 0, error.start) + 1
        byte = f"found a byte that is not UTF-8 (0x{raw[error.start]:02x})"
        found = "the file is UTF-16" if wide else byte
        problem = Problem(line, "file", found, "UTF-8", "save the file again as UTF-8")
        raise TaskError(str(path), [problem]) from None


def _nothing() -> list[Problem]:
    return [Problem(None, "file", "found empty braces", "lines of `key: value`")]


def _ordered(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.field))


def _written(document: Document) -> frozenset[str]:
    """The dotted fields that have a value."""
    return frozenset(dotted(where) for where in document.lines if document.get(*where) is not None)


def _warnings(document: Document) -> list[str]:
    if document.get("instructions"):
        return []
    return ["no instructions are written; the rungs that read them will have only the labels"]
