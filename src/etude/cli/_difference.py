"""What changed between two comparisons, at the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from etude.cli._drawing import Paper
from etude.records.difference import Difference
from etude.report import changes


def show_difference(paper: Paper, difference: Difference) -> None:
    """All of it: what was compared, task, examples, every candidate, the verdict."""
    paper.prose(f"Old: {changes.compared(difference.old)}", rest="     ")
    paper.prose(f"New: {changes.compared(difference.new)}", rest="     ")
    paper.line()
    _part(paper, "Task", changes.task_lines(difference.task) or ["says the same"])
    _part(paper, "Examples", changes.examples_lines(difference.examples))
    for candidate in difference.candidates:
        title = candidate.plain_name[:1].upper() + candidate.plain_name[1:]
        lines = changes.candidate_lines(candidate, difference.currency)
        _part(paper, f"{title} ({candidate.name.partition('@')[2]})", lines or ["the same"])
    for caution in changes.cautions(difference):
        paper.prose(f"! {caution}", rest="  ", style="yellow")
    paper.prose(changes.verdict_line(difference), style="bold")


def _part(paper: Paper, head: str, lines: Iterable[str]) -> None:
    paper.line(head, "bold")
    paper.bullets(lines)
    paper.line()


def show_brief(paper: Paper, difference: Difference) -> None:
    """In a few lines: what is said otherwise, and of each candidate what that did."""
    paper.bullets(changes.task_lines(difference.task))
    if not difference.examples.same:
        paper.bullets(f"examples: {line}" for line in changes.examples_lines(difference.examples))
    for candidate in difference.candidates:
        lines = changes.candidate_lines(candidate, difference.currency)
        paper.prose(f"{candidate.plain_name}: {'; '.join(lines) or 'the same'}", rest="  ")
    for caution in changes.cautions(difference):
        paper.prose(f"! {caution}", rest="  ", style="yellow")
    paper.prose(changes.verdict_line(difference), style="bold")
