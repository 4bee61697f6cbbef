"""What the examples of a kind that writes are like, at the terminal."""

from __future__ import annotations

from etude.cli._drawing import Paper
from etude.records.dataset import DatasetVersion, Ideals
from etude.report._figures import counted, lengths


def show_ideals(paper: Paper, version: DatasetVersion) -> None:
    """Lengths, and whether the ideal answers keep the task's own contract."""
    ideals = version.ideals
    if ideals is None:
        return
    paper.prose(f"inputs: {lengths(ideals.inputs)}", rest="  ")
    paper.prose(f"ideal answers: {lengths(ideals.targets)}", rest="  ")
    if ideals.shaped:
        paper.prose(f"✓ every one of the {version.rows:,} keeps the schema", rest="  ")
    if ideals.checks:
        paper.prose(passing(ideals), rest="  ")


def passing(ideals: Ideals) -> str:
    """How many ideal answers pass every check, and which check is failed most."""
    several = len(ideals.checks) > 1
    checks = f"all of the {len(ideals.checks):,} checks" if several else "the one check"
    if ideals.passing == ideals.examples:
        return f"✓ {counted(ideals.examples, 'ideal answer')} pass {checks}"
    worst = ideals.checks[0]
    failed = worst.applies - worst.passed
    return (
        f"! {ideals.passing:,} of {ideals.examples:,} ideal answers pass {checks}; "
        f"most often failed, by {failed:,}: “{worst.name}”, such as by {worst.failing[0]}, which "
        f"{worst.reason}"
    )
