"""What ``check`` found, at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etude.cli._drawing import Paper
from etude.cli._found import show_found
from etude.cli._ideals import show_ideals
from etude.cli._opening import nearby
from etude.errors import GateNotMet
from etude.records.dataset import DatasetVersion, SourceFile

if TYPE_CHECKING:
    from etude.project import CheckResult

ROLES = {
    "input": "what is read",
    "target": "the right answer",
    "id": "names a row",
    "group": "ties rows together",
    "context": "what may be used besides",
}
DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars"}
LABELS_SHOWN = 8
LABEL_WIDTH = 60


def show_check(paper: Paper, result: CheckResult, root: Path, *, everything: bool = False) -> None:
    """Files, columns, labels or lengths, how examples are kept aside; the grade and the findings,
    ten of them unless ``everything``."""
    version = result.version
    for source in version.sources:
        left = f", {source.rejected:,} of them can't be used" if source.rejected else ""
        paper.prose(
            f"{source.path}: {_count(source.rows, 'row')}{left} ({_shape(source)})", rest="  "
        )
    if result.rejects:
        paper.line(f"  the rows that can't be used, with reasons: {nearby(result.rejects)}")
    roles = ROLES if version.labels else ROLES | {"target": "the ideal answer"}
    for role, column in version.columns.items():
        paper.prose(f"{roles.get(role, role)}: {column}", first="  ", rest="    ")
    if version.labels:
        paper.prose(_labels(version), rest="  ")
    show_ideals(paper, version)
    paper.prose(_aside(version), rest="  ")
    paper.line()
    show_found(paper, result, root, everything)


def _shape(source: SourceFile) -> str:
    parts = [source.shape, source.encoding]
    if source.delimiter not in (None, ","):
        parts.append(f"columns parted by {DELIMITERS.get(source.delimiter, source.delimiter)}")
    return ", ".join(part for part in parts if part)


def _labels(version: DatasetVersion) -> str:
    counts = sorted(version.labels.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{_name(label)} ({count:,})" for label, count in counts[:LABELS_SHOWN])
    more = len(counts) - LABELS_SHOWN
    rest = f" and {more} more, the rarest with {_count(counts[-1][1], 'row')}" if more > 0 else ""
    return f"{_count(len(counts), 'label')}: {shown}{rest}"


def _name(label: str) -> str:
    """A label on one line, cut where it is long."""
    line = " ".join(label.split())
    return line if len(line) <= LABEL_WIDTH else line[: LABEL_WIDTH - 1] + "…"


def _aside(version: DatasetVersion) -> str:
    """How examples are kept aside, in words."""
    copies = ""
    if version.left_out:
        copies = (
            f" {_count(version.left_out, 'copy', 'copies')} of examples kept aside "
            "are not learned from."
        )
    if version.scheme == "cross_fitting":
        return (
            f"{_count(version.rows, 'example')}: too few to set some aside for good, so each is "
            f"answered by a candidate that has not seen it ({version.folds} parts, one left out "
            f"at a time).{copies}"
        )
    sizes = version.sizes
    return (
        f"{_count(version.rows, 'example')}: {sizes.get('train', 0):,} to learn from, "
        f"{sizes.get('dev', 0):,} to choose on, {sizes.get('holdout', 0):,} kept aside for the "
        f"verdict.{copies}"
    )


def strictly(result: CheckResult) -> GateNotMet | None:
    """What ``--strict`` says once everything has been shown; None where there is nothing."""
    serious = sum(item.serious for item in result.summary.items)
    rejected = result.version.rejected
    if not serious and not rejected:
        return None
    return GateNotMet(
        f"--strict: {_count(serious, 'finding')} and {_count(rejected, 'row')} that can't be used",
        where=nearby(result.rejects or result.folder),
        hint="mend them, or leave --strict out to go on without those rows",
    )


def _count(count: int, unit: str, plural: str | None = None) -> str:
    return f"{count:,} {unit if count == 1 else plural or unit + 's'}"


def newly(result: CheckResult) -> GateNotMet | None:
    """What ``--baseline`` says once everything has been shown; None where nothing is new."""
    compared = result.compared
    if compared is None or not compared.count:
        return None
    return GateNotMet(
        f"--baseline: {_count(compared.count, 'new fault')}",
        where=nearby(compared.path),
        hint="mend them; or --write-baseline to let them pass from now on",
    )


def show_places(paper: Paper, result: CheckResult) -> None:
    """Where the rows stand."""
    if result.page is not None:
        paper.line(f"{nearby(result.page)}", "bold")
        paper.prose(
            "the rows that something was found in, personal data masked; keep it to yourselves",
            first="  ",
        )
    if result.rows is not None:
        paper.line(f"{nearby(result.rows)}", "bold")
        paper.prose("every row of every finding", first="  ")
    if result.page is not None or result.rows is not None:
        paper.line()
