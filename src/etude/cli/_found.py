"""What was found, ranked, with what to do about each: the grade, at most ten findings, the rest
counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from etude.cli._drawing import Paper
from etude.cli._opening import to_type
from etude.report._figures import counted
from etude.report._grade import MARKS, STYLES, SYMBOLS, minutes, points
from etude.workflow.grades import command

if TYPE_CHECKING:
    from etude.audit._summary import Item, Summary
    from etude.project import CheckResult

SHOWN = 10
ROWS = 5


def show_found(paper: Paper, result: CheckResult, root: Path, everything: bool) -> None:
    """The grade with its reasons, the findings, what was not run, what is new."""
    summary = result.summary
    _grade(paper, summary)
    for warning in result.warnings:
        paper.prose(warning, first="! look at: ", rest="  ", style="yellow")
    shown = summary.items if everything else summary.items[:SHOWN]
    for item in shown:
        _item(paper, item, root)
    if not summary.items and not result.warnings:
        paper.line("✓ nothing stands out")
    _rest(paper, summary, shown, root)
    _measured(paper, result)
    _not_run(paper, result)
    _baseline(paper, result)
    paper.line()


def _grade(paper: Paper, summary: Summary) -> None:
    word = summary.grade.word
    paper.line(f"{SYMBOLS[word]} The examples: {word}", f"bold {STYLES[word]}".strip())
    paper.bullets(summary.grade.reasons)
    paper.line()


def _item(paper: Paper, item: Item, root: Path) -> None:
    finding = item.finding
    symbol, word, style = MARKS[finding.severity]
    paper.prose(finding.sentence, first=f"{symbol} {word}: ", rest="  ", style=style)
    if item.kept:
        paper.prose(
            f"{counted(item.kept, 'row')} more you have looked at and let stand", first="  "
        )
    if finding.rows:
        named = ", ".join(finding.rows[:ROWS])
        more = finding.count - min(ROWS, len(finding.rows))
        paper.prose(f"rows {named}{f' and {more:,} more' if more > 0 else ''}", first="  ")
    if finding.costs:
        paper.prose(f"left as it is: {finding.costs}", first="  ", rest="    ")
    if item.to_do:
        paper.prose(f"next: {item.to_do}{_effort(item)}", first="  ", rest="    ")
    typed = command(item)
    if typed:
        paper.line(f"    {to_type(typed, root)}", "bold")


def _effort(item: Item) -> str:
    """``(about 4 minutes of a person's time; measured: …)``; nothing where nothing is known."""
    parts = []
    if item.finding.minutes is not None:
        parts.append(f"about {minutes(item.finding.minutes)} of a person's time")
    if item.points is not None:
        parts.append(points(item.points))
    return f" ({'; '.join(parts)})" if parts else ""


def _rest(paper: Paper, summary: Summary, shown: tuple[Item, ...], root: Path) -> None:
    left = Counter(item.finding.severity for item in summary.items[len(shown) :])
    if left:
        parts = [f"{left[key]:,} {MARKS[key][1]}" for key in MARKS if left[key]]
        total = counted(left.total(), "more finding", "more findings")
        paper.prose(f"and {total} ({', '.join(parts)}): {to_type('etude check --all', root)}")
    if summary.settled:
        settled = counted(summary.settled, "finding")
        paper.prose(f"{settled} more: you have let all of their rows stand", style="dim")


def _measured(paper: Paper, result: CheckResult) -> None:
    """What more examples would buy, and why a finding was not measured."""
    if result.measured is None:
        return
    curve = result.measured.curve
    paper.prose(curve.sentence, rest="  ")
    reasons: dict[str, list[str]] = {}
    for one in result.measured.ablations:
        if one.difference is None:
            reasons.setdefault(one.reason, []).append(one.code)
    for reason, codes in reasons.items():
        why = "for the same reason" if reason == curve.reason else reason
        paper.prose(
            f"what these cost was not measured: {', '.join(codes)} ({why})", rest="  ", style="dim"
        )


def _not_run(paper: Paper, result: CheckResult) -> None:
    reasons: dict[str, list[str]] = {}
    for one in result.not_run:
        reasons.setdefault(one.reason, []).append(one.title)
    for reason, titles in reasons.items():
        paper.prose(f"not looked for: {'; '.join(titles)} ({reason})", rest="  ", style="dim")


def _baseline(paper: Paper, result: CheckResult) -> None:
    compared = result.compared
    if compared is None:
        return
    paper.line()
    for new in compared.new:
        named = f": {', '.join(new.ids[:ROWS])}" if new.ids else ""
        more = f" and {new.count - ROWS:,} more" if new.ids and new.count > ROWS else ""
        paper.prose(f"new since the baseline: {new.count:,} of {new.code}{named}{more}", rest="  ")
    if not compared.new:
        paper.prose("✓ nothing is new since the baseline")
    if compared.unknown:
        paper.prose(
            f"not compared: {', '.join(compared.unknown)} (not looked for when the baseline was "
            "written; --write-baseline adds them)",
            rest="  ",
            style="dim",
        )
    paper.prose(
        f"{counted(compared.known, 'fault')} that the baseline knows let pass"
        + (
            f"; {compared.gone:,} of its faults are gone (--write-baseline writes it anew)"
            if compared.gone
            else ""
        )
    )
