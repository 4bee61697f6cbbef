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
    from etude.records.candidate import Gate
    from etude.records.comparison import Comparison
    from etude.workflow.egress import Egress

STATES = {"not_met": "is not met", "uncertain": "is not certain yet"}
WHOLE = "the whole bar met for certain"


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


def refuse_no_bar(project: Project, *, dev: bool = False) -> None:
    """A gate without a bar would be open, and nobody would notice.

    Args:
        dev: a check, to which gates on behaviour don't apply.

    Raises:
        UsageError: the task sets no condition.
    """
    bar, behaviour = project.task.bar, project.task.behaviour
    if behaviour.gates and not dev:
        return
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


def refuse_no_gates(project: Project) -> None:
    """As ``refuse_no_bar``, for how it behaves.

    Raises:
        UsageError: the task sets no gate on behaviour.
    """
    if not project.task.behaviour.gates:
        raise UsageError(
            "--gate has nothing to hold: the task sets no gate on behaviour",
            where="etude.yaml, behaviour",
            expected="gates",
            hint="add behaviour: {gates: {injection: 0.05}}",
        )


def hold(comparison: Comparison, *, suites_only: bool = False) -> None:
    """What ``--gate`` asks of a comparison.

    Args:
        suites_only: of how it behaves alone.

    Raises:
        Exit: the recommended way does not meet every condition for certain, or none is
            recommended; the words are said.
    """
    name = comparison.verdict.recommended
    if name is None:
        nothing = "--gate: nothing is good enough to recommend"
        raise unmet(GateNotMet(nothing, hint="etude report --rows"))
    gates = [gate for gate in comparison.candidate(name).gates if gate.of_suite or not suites_only]
    missed = [gate for gate in gates if gate.state != "met"]
    if comparison.verdict.missing:
        from etude.verdict.stakes import SIGN

        said = "; ".join(comparison.verdict.missing)
        raise unmet(GateNotMet(f"--gate: the stakes are high, and {said}", where=name, hint=SIGN))
    if missed:
        said = ", ".join(f"{gate.plain_name or gate.name} {_state(gate)}" for gate in missed)
        untried = any(gate.of_suite and gate.value is None for gate in missed)
        raise unmet(
            GateNotMet(
                f"--gate: {said}",
                where=name,
                expected="every gate met for certain" if suites_only else WHOLE,
                hint="etude behave" if untried and not suites_only else None,
            )
        )


def _state(gate: Gate) -> str:
    return STATES[gate.state] + (f" ({gate.found})" if gate.found else "")
