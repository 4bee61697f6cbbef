"""A person's keys, lines and editor at a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from etude.cli._walk import Hands

EDITORS = ("nano", "vi", "notepad")


def hands() -> Hands:
    """Of the person at this terminal."""
    return Hands(key=_key, line=_line, editor=_edited)


def _key() -> str:
    try:
        return typer.getchar()
    except (EOFError, KeyboardInterrupt):
        return ""


def _line(question: str) -> str:
    try:
        return input(question)
    except (EOFError, KeyboardInterrupt):
        print()
        return ""


def _edited(text: str) -> str | None:
    """The text as the person leaves it in the editor that the system names; None: as it was."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        if "\n" not in text and len(text) < 200 and sys.stdin.isatty():
            return _in_line(text)
        editor = next((name for name in EDITORS if shutil.which(name)), None)
    if not editor:
        return _in_line(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "row.txt"
        path.write_text(text + "\n", encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 - the person's own editor
                [*shlex.split(editor), str(path)], check=False
            )
        except OSError as error:
            print(f"{editor} can't be started: {error.strerror}", file=sys.stderr)
            return _in_line(text)
        if done.returncode != 0:
            return None
        after = path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    return None if after == text else after


def _in_line(text: str) -> str | None:
    """A line to change, with the old text in it where the terminal can do that."""
    try:
        import readline
    except ImportError:
        return _line("New text (Enter: as it was): ") or None
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        after = _line("> ")
    finally:
        readline.set_startup_hook()
    return after if after and after != text else None
