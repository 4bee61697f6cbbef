"""What ``doctor`` found, at the terminal: a mark, a name, and what to type where it is missing."""

from __future__ import annotations

from pathlib import Path

from etude.cli._drawing import Paper
from etude.cli._opening import to_type
from etude.workflow.doctor import Doctor

READY, MISSING, OPTIONAL = "✓", "✗", "–"


def show_health(found: Doctor, root: Path | None) -> None:
    """Machine, libraries, models, and the answer to whether the job can run."""
    paper = Paper()
    paper.line(f"Etude {found.version} on {found.machine.system}, Python {found.machine.python}")
    paper.line()
    paper.line("This machine", "bold")
    for device in found.devices:
        paper.prose(f"{device.name}: {device.detail}", first="  ", rest="    ")
    paper.line(f"  {found.disk_gb} GB free on the disk")
    paper.line()
    paper.line("Libraries", "bold")
    for library in found.libraries:
        if library.version is not None:
            _row(paper, READY, f"{library.name} {library.version}")
        else:
            mark = MISSING if library.needed else OPTIONAL
            need = "needed" if library.needed else "optional"
            _row(paper, mark, f"{library.name}: {need}, not installed", library.install)
    paper.line()
    paper.line("Models", "bold")
    for model in found.models:
        _row(
            paper, READY if model.ready else OPTIONAL, f"{model.name}: {model.sentence}", model.hint
        )
    paper.line()
    if found.can_run:
        next_command = to_type("etude run", root) if root else "etude new NAME --from FILE"
        paper.command("✓ The whole job can run here. Next:", next_command)
        return
    paper.line("✗ The job can't run here yet:", "bold red")
    paper.bullets(found.missing)


def _row(paper: Paper, mark: str, text: str, hint: str | None = None) -> None:
    paper.prose(text, first=f"  {mark} ", style="" if mark == READY else "yellow")
    if hint:
        paper.prose(hint, first="      ")
