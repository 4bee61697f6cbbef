"""How an error ends a command: words on stderr, JSON on stdout where asked, and an exit code."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from etude import __version__
from etude.cli._screen import clean, coloured, print_json, words
from etude.errors import EtudeError, GateNotMet, Interrupted, Problem, TaskError, UsageError

SCHEMA = 1
INTERNAL = 70
"""EX_SOFTWARE of sysexits.h: the fault is Etude's."""
SHOW = "ETUDE_TRACEBACK"


def told(error: EtudeError, as_json: bool) -> int:
    """Say the error, as JSON too where asked; its exit code."""
    _show_traceback(error)
    if isinstance(error, Interrupted):
        # Below the ^C that the terminal has written; a wish is no error.
        _write(str(error), "\n" if sys.stderr.isatty() else "")
    else:
        _write(str(error), _head())
    if as_json:
        print_json({"schema": SCHEMA, "error": to_json(error)})
    return error.exit_code


def unmet(error: GateNotMet) -> typer.Exit:
    """A result that was shown and is not good enough: words, and a code to leave with.

    stdout has its one document already, so that nothing is added there.
    """
    _write(str(error), _head())
    return typer.Exit(error.exit_code)


def to_json(error: EtudeError) -> dict[str, Any]:
    """The versioned shape of an error on stdout."""
    problems = error.problems if isinstance(error, TaskError) else ()
    return {
        "kind": type(error).__name__,
        "found": error.found,
        "where": error.where,
        "expected": error.expected,
        "next": error.hint,
        "problems": [_problem(problem) for problem in problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "field": problem.field,
        "found": problem.found,
        "expected": problem.expected,
        "next": problem.hint,
    }


def misuse(error: typer.TyperException) -> UsageError:
    """The parser's complaint as an error of ours."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "etude"
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], where=path, hint=f"{path} --help")


def unexpected(error: Exception, args: Sequence[str], as_json: bool) -> int:
    """A fault of Etude's own: one plain message that names the file with the details."""
    _show_traceback(error)
    log = _written(error, args)
    found = f"Etude failed in a way that it should not ({type(error).__name__})"
    hint = (
        "try the same command again: what was finished is kept. If it fails again, report it "
        "with that file, and read the file first: it may quote a line of your data"
    )
    where = f"the details are in {log}" if log else f"set {SHOW}=1 to see the details"
    _write(f"{found}\n  {where}\n  next: {hint}", _head())
    if as_json:
        document: dict[str, Any] = {
            "kind": "InternalError",
            "found": found,
            "where": str(log) if log else None,
            "expected": None,
            "next": hint,
            "problems": [],
        }
        print_json({"schema": SCHEMA, "error": document})
    return INTERNAL


def _head() -> str:
    return "\033[1;31merror:\033[0m " if coloured(sys.stderr) else "error: "


def _write(text: str, head: str) -> None:
    """Words on stderr; a stderr that is gone is no reason to fail again."""
    try:
        print(head + words(clean(text)), file=sys.stderr, flush=True)
    except OSError:
        return


def _show_traceback(error: Exception) -> None:
    if os.environ.get(SHOW, "") not in ("", "0"):
        traceback.print_exception(error, file=sys.stderr)


def _written(error: Exception, args: Sequence[str]) -> Path | None:
    """The file with the traceback: in the project's ``.etude``, else in the temporary folder."""
    now = datetime.now(UTC)
    text = "\n".join(
        [
            f"etude {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"{now:%Y-%m-%dT%H:%M:%SZ}",
            f"etude {shlex.join(args)}",
            "",
            *traceback.format_exception(error),
        ]
    )
    for folder in (*_own_folders(args), Path(tempfile.gettempdir())):
        path = folder / f"etude-error-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path
    return None


def _own_folders(args: Sequence[str]) -> list[Path]:
    """``.etude`` of the project that was meant, where there is one."""
    named = [Path(b) for a, b in pairwise(args) if a == "--project"]
    named += [Path(a.partition("=")[2]) for a in args if a.startswith("--project=")]
    here = Path.cwd()
    return [p / ".etude" for p in named or (here, *here.parents) if (p / ".etude").is_dir()][:1]
