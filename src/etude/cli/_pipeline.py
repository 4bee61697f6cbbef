"""Files for pipelines, written beside what a verb shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from etude.errors import DataError, UsageError

if TYPE_CHECKING:
    from etude.project import Project
    from etude.records.comparison import Comparison
    from etude.records.difference import Difference


def write(path: Path | None, text: Callable[[], str]) -> None:
    """Write ``text()`` to ``path``, where one was asked for.

    Raises:
        UsageError: the file can't be written there.
    """
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(
            f"the file can't be written: {error.strerror or error}",
            where=str(path),
            expected="a file that may be made or replaced",
        ) from error


def files(
    project: Project, comparison: Comparison, junit: Path | None, markdown: Path | None
) -> None:
    """The comparison as the files that were asked for."""
    from etude.report import junit as cases
    from etude.report import markdown as summary

    write(junit, lambda: cases.of_comparison(comparison))
    write(markdown, lambda: summary.of_comparison(comparison, _before(project, comparison)))


def _before(project: Project, comparison: Comparison) -> Difference | None:
    """What changed against the comparison before; None where it is the first of its kind."""
    try:
        return project.diff("previous", comparison.run)
    except DataError:
        return None
