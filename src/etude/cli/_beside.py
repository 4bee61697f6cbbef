"""For kinds that write, what stands beside the metric: checks, fields, measures, tokens, notes."""

from __future__ import annotations

from etude.cli._drawing import Paper, wrap
from etude.records.comparison import Comparison
from etude.report import _beside as beside
from etude.report import _figures as figures
from etude.report._judge import by_place
from etude.report._slices import sentences
from etude.report.summary import titles

SHOWN = 8
"""Checks or fields at the terminal; the report has them all."""
NAME_ROOM = 44
NOTES = 4


def show_beside(paper: Paper, comparison: Comparison) -> None:
    """Checks and fields of the best and of the plainest way; then measures and tokens of all."""
    candidates = beside.pair_shown(comparison)
    tables = {
        "Checks passed, the most often failed first": beside.checks(comparison, candidates),
        "Fields right": beside.fields(comparison, candidates),
    }
    for head, found in tables.items():
        if found is not None:
            _table(paper, head, found)
    measures = beside.measures(comparison)
    if measures is not None:
        _measures(paper, measures)
    _by_place(paper, comparison)
    _parts(paper, comparison)
    _notes(paper, comparison)


def _by_place(paper: Paper, comparison: Comparison) -> None:
    """A judge that goes by the place: else its pairs would be read as more than they are."""
    if said := by_place(comparison):
        paper.prose(said)
        paper.line()


def _parts(paper: Paper, comparison: Comparison) -> None:
    """Parts of the examples on which a way does otherwise than the baseline."""
    if told := sentences(comparison):
        paper.line("Exploratory: parts of the examples", "bold")
        paper.bullets(told)
        paper.line()


def _table(paper: Paper, head: str, found: beside.Lines) -> None:
    room = max(16, min(NAME_ROOM, paper.width - 20 * len(found.heads) - 2))
    rows = [
        ["\n".join(wrap(line.name, room)), *(_share(share) for share in line.shares)]
        for line in found.lines[:SHOWN]
    ]
    heads = ["\n".join(wrap(head, room)), *("\n".join(wrap(one, 24)) for one in found.heads)]
    if not paper.table(heads, rows, gap=3):
        paper.line(head, "bold")
        for line in found.lines[:SHOWN]:
            said = "; ".join(
                f"{title}: {_share(share)}"
                for title, share in zip(found.heads, line.shares, strict=True)
            )
            paper.prose(f"{line.name}: {said}", first="  ", rest="    ")
    if len(found.lines) > SHOWN:
        paper.line(f"  and {len(found.lines) - SHOWN} more in the report", "dim")
    paper.line()


def _share(share: beside.Share | None) -> str:
    if share is None:
        return "no say"
    return f"{share.value} ({share.spread})" if share.spread else share.value


def _measures(paper: Paper, found: beside.Measures) -> None:
    """A paragraph a measure: columns of all of them fit no terminal."""
    for place, column in enumerate(found.columns):
        name = column.name[:1].upper() + column.name[1:]
        better = f" ({column.better})" if column.better else ""
        said = ", ".join(f"{row.title} {row.cells[place][0]}" for row in found.rows)
        paper.prose(f"{name}{better}: {said}", rest="  ")
    if found.tokens:
        said = ", ".join(
            f"{row.title} {row.prompt}{f' ({row.saved})' if row.saved else ''}"
            for row in found.rows
        )
        paper.prose(f"Tokens of a prompt (lower is better; against the longest): {said}", rest="  ")
    paper.line()


def _notes(paper: Paper, comparison: Comparison) -> None:
    """What training told, of the candidates whose weights were trained."""
    called = titles(comparison)
    told = [
        f"{called[c.name]}: {note}" for c in comparison.candidates if c.trained for note in c.notes
    ]
    paper.bullets(told[:NOTES])
    if len(told) > NOTES:
        paper.line(f"  and {figures.counted(len(told) - NOTES, 'note')} more in the report", "dim")
    if told:
        paper.line()
