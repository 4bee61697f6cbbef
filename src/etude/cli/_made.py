"""What ``etude new`` has made, and what to do with it."""

from __future__ import annotations

import shlex
from pathlib import Path

from etude.cli._drawing import Paper
from etude.cli._opening import nearby
from etude.records.task import WRITING
from etude.workflow.new import NewResult


def _contract(made: NewResult) -> str:
    """What was guessed that decides what a good answer is."""
    if made.guess.schema:
        fields = ", ".join(made.guess.schema["properties"])
        return f"and the schema ({fields}) are guesses from your examples: look them through."
    count = len(made.guess.checks)
    checks = "the one check is a guess" if count == 1 else f"{count} checks are guesses"
    return (
        f"and {checks} from your examples, which all pass. What no check asks for is not measured."
    )


def show_made(made: NewResult) -> None:
    """The folder's files, what to look at, and the next command."""
    paper = Paper()
    paper.line(f"Made {nearby(made.folder)}:", "bold")
    for path in made.files:
        paper.line(f"  {path.relative_to(made.folder)}")
    paper.line()
    if made.notes:
        paper.line("Worth a look before you go on:")
        paper.bullets(made.notes)
        paper.line()
    if made.guess.kind in WRITING:
        paper.prose(f"The kind, {made.guess.kind!r}, {_contract(made)}", first="! ", rest="  ")
        paper.line()
    paper.prose("Everything that was guessed or assumed stands in etude.yaml, to be changed there.")
    folder = shlex.quote(nearby(made.folder))
    same = made.folder.resolve() == Path.cwd()
    paper.command("Then:", "etude run" if same else f"cd {folder} && etude run")
