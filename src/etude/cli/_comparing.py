"""What ``compare`` and ``run`` share: the options of a comparison, the question, and the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import etude
from etude.cli._failures import unmet
from etude.cli._screen import interactive, note
from etude.errors import GateNotMet, UsageError

if TYPE_CHECKING:
    from etude.project import CompareOptions, Project
    from etude.records.comparison import Comparison
    from etude.workflow.egress import Egress

STATES = {"not_met": "is not met", "uncertain": "is not certain yet"}


def comparing(
    quick: bool, seeds: int | None, yes: bool, strict: bool, quiet: bool, *, dev: bool = False
) -> CompareOptions:
    """The options as the project takes them."""
    options: CompareOptions = etude.CompareOptions(
        dev=dev, quick=quick, seeds=seeds, strict=strict, confirm=asking(yes, quiet)
    )
    return options


def asking(yes: bool, quiet: bool) -> Callable[[Egress], bool] | None:
    """How a person agrees to send rows; None where there is nobody to ask."""
    if yes:
        return lambda egress: True
    if not interactive():
        return None

    def ask(egress: Egress) -> bool:
        if quiet:  # else it stands right above, as a notice
            note(egress.sentence)
        return bool(typer.confirm(f"Send them to {egress.host}?", default=False, err=True))

    return ask


def refuse_no_bar(project: Project) -> None:
    """A gate without a bar would be open, and nobody would notice.

    Raises:
        UsageError: the task sets no condition.
    """
    bar = project.task.bar
    if bar.at_least is None and bar.p95_ms is None and bar.max_cost_per_1000 is None:
        raise UsageError(
            "--gate has nothing to hold: the task sets no bar",
            where="etude.yaml, bar",
            expected="at_least, p95_ms or max_cost_per_1000",
            hint="add bar: {at_least: 0.9}",
        )


def refuse_beside_watch(gate: bool, as_json: bool, *files: Path | None) -> None:
    """``--watch`` is for a person at a screen; a pipeline runs once.

    Raises:
        UsageError: what a pipeline reads was asked for beside it.
    """
    if gate or as_json or any(file is not None for file in files):
        raise UsageError(
            "--watch never ends by itself, so nothing can be read or held at its end",
            where="--watch",
            expected="no --gate, --json, --junit or --markdown beside it",
            hint="in a pipeline: etude compare --dev --gate",
        )


def hold(comparison: Comparison) -> None:
    """What ``--gate`` asks of a comparison.

    Raises:
        Exit: the recommended way does not meet every condition for certain, or none is
            recommended; the words are said.
    """
    name = comparison.verdict.recommended
    if name is None:
        nothing = "--gate: nothing is good enough to recommend"
        raise unmet(GateNotMet(nothing, hint="etude report --rows"))
    missed = [gate for gate in comparison.candidate(name).gates if gate.state != "met"]
    if missed:
        said = ", ".join(f"{gate.name} {STATES[gate.state]}" for gate in missed)
        raise unmet(
            GateNotMet(f"--gate: {said}", where=name, expected="the whole bar met for certain")
        )
