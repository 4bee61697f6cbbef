"""Where the report's pages are, and what is in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etude.cli._drawing import Paper
from etude.cli._opening import nearby

if TYPE_CHECKING:
    from etude.project import Pages


def pages_json(pages: Pages) -> dict[str, Any]:
    """The versioned shape of ``etude report --json``."""
    return {
        "schema": 1,
        "report": str(pages.report),
        "rows": str(pages.rows),
        "cards": str(pages.cards),
    }


def show_pages(paper: Paper, pages: Pages) -> None:
    """Each page with who may see it."""
    paper.line(f"{nearby(pages.report)}", "bold")
    paper.prose("the report: figures alone, no rows of your data; made to be sent on", first="  ")
    paper.line(f"{nearby(pages.rows)}", "bold")
    paper.prose(
        "examples with what each way answered, personal data masked; keep it to yourselves",
        first="  ",
    )
    paper.line(f"{nearby(pages.cards)}", "bold")
    paper.prose(
        "a card of each way (what for, how good, limits, licences, hashes) and of the examples; no "
        "rows of your data",
        first="  ",
    )
    paper.line()
