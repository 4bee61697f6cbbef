"""A comparison at the terminal: what was checked, the candidates, the verdict, what to type next.

Figures and words are those of the report (``report.summary``), so that both read the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from etude.cli._beside import show_beside
from etude.cli._drawing import Paper, wrap
from etude.cli._opening import to_type
from etude.cli._screen import clean, words
from etude.cli._technical import show_technical
from etude.records.candidate import State
from etude.records.comparison import Comparison
from etude.report import _figures as figures
from etude.report import _view as view
from etude.report import _words as plain
from etude.report.summary import NOT_COMPARED, PlainRow, plain_rows, titles

ROOMY = 100
"""Cells from which names need no line break."""
HEADS = {True: (30, 30, 15, 17, 16, 20, 30), False: (13, 14, 10, 12, 15, 12)}
"""Cells that each heading may take, roomy or not."""
THIS_ONE = "(this one)"
MINUTES = "A person's minutes per 1,000"
LEGEND = (
    "Under a figure: the range that the true one is likely in (95 %). Under the time to answer: "
    "what 95 of 100 answers stay within."
)
REASONS = 6
"""Reasons that are shown; the report has them all."""
COLOURS: dict[State, str] = {"met": "green", "not_met": "red", "uncertain": "yellow"}


def show(paper: Paper, comparison: Comparison, root: Path, technical: bool) -> None:
    """Draw all of it."""
    paper.prose(checked(comparison))
    paper.line()
    show_rows(paper, comparison)
    show_beside(paper, comparison)
    if technical:
        show_technical(paper, comparison)
    show_verdict(paper, comparison)
    command = comparison.verdict.next_command
    paper.command(plain.next_words(command), to_type(command, root))


def checked(comparison: Comparison) -> str:
    """Which examples, in a line."""
    data = comparison.dataset
    files = ", ".join(source.path for source in data.sources[:3])
    more = f" and {len(data.sources) - 3} more files" if len(data.sources) > 3 else ""
    rejected = f" ({data.rejected:,} rows could not be used)" if data.rejected else ""
    labels = f", {figures.counted(len(data.labels), 'label')}" if data.labels else ""
    return (
        f"{comparison.task.task}: {figures.counted(data.rows, 'example')} from {files}{more}"
        f"{rejected}{labels}. "
        f"Scored on {view.scored_on(comparison)}."
    )


def show_rows(paper: Paper, comparison: Comparison) -> None:
    """The candidates: a table where it fits, else one below the other."""
    rows = [row for row in plain_rows(comparison) if row.scored]
    roomy = paper.width >= ROOMY
    heads = _heads(comparison, roomy)
    cells = [_cells(row, comparison, roomy) for row in rows]
    broken = [_lines(head, width) for head, width in zip(heads, HEADS[roomy], strict=True)]
    if not paper.table(broken, cells, gap=3 if roomy else 1):
        for row in rows:
            _card(paper, row, heads, comparison)
    else:
        paper.line()
        if not roomy:
            told = [f"{row.title} {_joined(row.minutes, row.minutes_range)}" for row in rows]
            paper.prose(f"{MINUTES}: {'; '.join(told)}.")
        paper.prose(LEGEND, style="dim")
    unscored = [row for row in plain_rows(comparison) if not row.scored]
    rest = [row.title for row in unscored if row.standing != NOT_COMPARED]
    unread = [row.title for row in unscored if row.standing == NOT_COMPARED]
    paper.line()
    if unread:
        named = ", ".join(unread)
        paper.prose(f"Of these people have not compared enough answers yet: {named}.", style="dim")
        paper.line()
    if rest:
        paper.prose(f"Tried as well, and not among the finalists: {', '.join(rest)}.", style="dim")
        paper.line()


def _heads(comparison: Comparison, roomy: bool) -> list[str]:
    """What a table is headed by; where there is little room people's minutes stand below it."""
    metric = plain.metric_name(comparison.metric)
    baseline = comparison.verdict.baseline
    against = f"Against “{titles(comparison)[baseline]}”" if baseline else "Difference"
    return [
        "Approach",
        metric[:1].upper() + metric[1:],
        f"{comparison.task.economics.currency} per 1,000",
        *([MINUTES] if roomy else []),
        "Time to answer",
        against,
        "Bar",
    ]


def _cells(row: PlainRow, comparison: Comparison, roomy: bool) -> list[str | Text]:
    width = 30 if roomy else 13
    currency = comparison.task.economics.currency
    return [
        _name(row, width),
        _two(row.quality, row.quality_range),
        _two(_bare(row.cost, currency), _bare(row.cost_range, currency)),
        *([_two(row.minutes, row.minutes_range)] if roomy else []),
        _two(row.typical, f"95 %: {row.slow}" if row.slow != row.typical else ""),
        _two(_lines(_call(row), width), row.difference_range),
        _bar(row, 20 if roomy else 12),
    ]


def _two(first: str, second: str, style: str = "dim") -> Text:
    """A figure, and what goes with it below."""
    text = Text(_shown(first))
    return text.append(f"\n{_shown(second)}", style) if second else text


def _name(row: PlainRow, width: int) -> Text:
    suffix = f" ({row.model})"
    named = row.title.endswith(suffix)
    text = Text(_shown(_lines(row.title.removesuffix(suffix), width)), "bold" if row.mark else "")
    if named:
        text.append("\n" + _shown(row.model), "dim")
    if row.mark:
        text.append(f"\n→ {row.mark}", "green")
    return text


def _call(row: PlainRow) -> str:
    return row.call if row.difference_range or not row.call else THIS_ONE


def _bar(row: PlainRow, width: int) -> Text:
    text = Text(_shown(_lines(row.bar, width)), COLOURS[row.state] if row.state else "dim")
    if row.state != "met":
        missed = dict.fromkeys(gate.group for gate in row.gates if gate.state == row.state)
        text.append("".join(f"\n{_shown(_lines(name, width))}" for name in missed))
    return text


def _bare(amount: str, currency: str) -> str:
    """The amount alone: the currency stands in the heading."""
    return amount.removesuffix(f"{figures.SPACE}{currency}")


def _lines(text: str, width: int) -> str:
    return "\n".join(wrap(text, width))


def _shown(text: str) -> str:
    return words(clean(text))


def _card(paper: Paper, row: PlainRow, heads: Sequence[str], comparison: Comparison) -> None:
    paper.prose(row.title + (f"  → {row.mark}" if row.mark else ""), rest="  ", style="bold")
    within = f"half within {row.typical}, 95 of 100 within {row.slow}"
    facts = [
        (heads[1], _joined(row.quality, row.quality_range)),
        ("Cost per 1,000", row.cost),
        (MINUTES, _joined(row.minutes, row.minutes_on)),
        ("Time to answer", row.typical if row.typical == row.slow else within),
        (heads[-2], _joined(_call(row), row.difference_range)),
        ("Bar", ", ".join(gate.text for gate in row.gates) or row.bar),
    ]
    for name, value in facts:
        if value and value != THIS_ONE:
            paper.prose(f"{name}: {value}", first="  ", rest="    ")


def _joined(value: str, spread: str) -> str:
    return f"{value} ({spread})" if value and spread else value


def show_verdict(paper: Paper, comparison: Comparison) -> None:
    """The sentence, how certain it is, why, and what it costs."""
    verdict = comparison.verdict
    found = view.headline(comparison)
    paper.line(found.words, "bold")
    paper.prose(found.rest)
    for statement in view.statements(comparison):
        paper.prose(f"{statement.symbol} {statement.word}: {statement.text}", rest="  ")
    paper.line()
    paper.line("Why:")
    paper.bullets(verdict.reasons[:REASONS])
    if len(verdict.reasons) > REASONS:
        paper.line(f"  and {len(verdict.reasons) - REASONS} more in the report", "dim")
    trained = {c.name for c in comparison.candidates if c.trained}
    paid = [item.sentence for item in comparison.paybacks if item.candidate in trained]
    paper.bullets(f"Money: {sentence}" for sentence in paid)
    if comparison.assumptions:
        paper.line()
        assumed = figures.counted(len(comparison.assumptions), "figure or setting", "settings")
        paper.prose(
            f"{assumed} that etude.yaml leaves out are assumed; the report lists them.",
            style="dim",
        )
    paper.line()
