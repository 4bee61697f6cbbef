"""What stands beside the metric for kinds that write: checks, fields, measures and tokens, in words.

The page and the terminal both draw it, so that a figure reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etude.records.candidate import CandidateReport, CheckRow, FieldRow, MeasureRow
from etude.records.comparison import Comparison
from etude.report import _figures as figures
from etude.report import _readings as readings
from etude.report._behind import Behind, Link
from etude.report._how import How, how
from etude.report._how_quality import MEASURES
from etude.report.summary import in_order, titles

LOWER = "lower is better"


@dataclass(frozen=True)
class Share:
    """A share with its range and what it is of: ``93 %``, ``88 to 97 %``, ``42 of 45``.

    ``part`` is the share itself, 0 to 1; ``link`` leads to the rows that fail.
    """

    part: float
    value: str
    spread: str
    counted: str
    link: Link | None = None

    @property
    def missed(self) -> bool:
        """Whether anything is wrong."""
        return self.part < 1


@dataclass(frozen=True)
class Line:
    """One check or field, with each shown candidate's share; None: it never applies."""

    name: str
    shares: tuple[Share | None, ...]


@dataclass(frozen=True)
class Lines:
    """Checks or fields of some candidates; ``heads`` are their titles."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def pair_shown(comparison: Comparison) -> list[CandidateReport]:
    """The recommended candidate (else the best), and the plainest rung beside it."""
    best = comparison.candidate(readings.best_name(comparison))
    plain = next(c for c in in_order(comparison) if c.quality is not None)
    return [best] if plain.name == best.name else [best, plain]


def checks(
    comparison: Comparison, candidates: Sequence[CandidateReport], behind: Behind | None = None
) -> Lines | None:
    """Each check, what the first candidate fails most often first; None where there are none."""
    first = candidates[0].checks
    if not first:
        return None
    ranked = sorted(first, key=lambda row: row.passed - row.applies)
    by_name = [{row.name: row for row in c.checks} for c in candidates]
    return Lines(
        _heads(comparison, candidates),
        tuple(
            Line(
                row.name,
                tuple(
                    _check(rows.get(row.name), c.name, behind)
                    for c, rows in zip(candidates, by_name, strict=True)
                ),
            )
            for row in ranked
        ),
    )


def fields(comparison: Comparison, candidates: Sequence[CandidateReport]) -> Lines | None:
    """Each field of the record, in the schema's order; None where answers are no records."""
    if not candidates[0].fields:
        return None
    by_name = [{row.name: row for row in c.fields} for c in candidates]
    return Lines(
        _heads(comparison, candidates),
        tuple(
            Line(row.name, tuple(_field(rows.get(row.name)) for rows in by_name))
            for row in candidates[0].fields
        ),
    )


def _heads(comparison: Comparison, candidates: Sequence[CandidateReport]) -> tuple[str, ...]:
    called = titles(comparison)
    return tuple(called[c.name] for c in candidates)


def _check(row: CheckRow | None, name: str, behind: Behind | None) -> Share | None:
    if row is None or not row.applies or row.low is None or row.high is None:
        return None
    n = row.applies
    return Share(
        row.passed / n,
        figures.percent(row.passed / n, n),
        figures.percent_range(row.low, row.high, n),
        f"{row.passed:,} of {n:,}",
        None if behind is None else behind.link(name, "fails it", "fail it", check=row.name),
    )


def _field(row: FieldRow | None) -> Share | None:
    if row is None or row.f1 is None:
        return None
    said = f"{row.hits:,} right; {row.wanted:,} wanted, {row.given:,} given"
    return Share(row.f1, figures.percent(row.f1, row.wanted), "", said)


@dataclass(frozen=True)
class Column:
    """A measure: its name, whether less of it is better, and how it is taken."""

    name: str
    better: str
    how: How


@dataclass(frozen=True)
class Measured:
    """One candidate's row: measures in the order of the columns, and tokens a request."""

    title: str
    mark: str
    cells: tuple[tuple[str, str], ...]
    """Value and range of each measure; "not measured" where it was not."""
    prompt: str
    answer: str
    saved: str
    """Prompt tokens against the longest prompt of the candidates: ``−63 %``; "" for that one."""


@dataclass(frozen=True)
class Measures:
    """The table of measures and tokens; ``askings`` says whose tokens are of more than one prompt."""

    columns: tuple[Column, ...]
    rows: tuple[Measured, ...]
    tokens: bool
    askings: str


def measures(comparison: Comparison) -> Measures | None:
    """Every scored candidate; None where nothing stands beside the metric."""
    scored = [c for c in in_order(comparison) if c.quality is not None]
    kinds = {row.key: row for c in scored for row in c.measures}
    if not kinds:
        return None
    called = titles(comparison)
    longest = max((c.tokens_in or 0.0 for c in scored), default=0.0)
    rows = tuple(
        Measured(
            called[c.name],
            _mark(comparison, c),
            tuple(_cell(_row(c, key)) for key in kinds),
            _tokens(c.tokens_in),
            _tokens(c.tokens_out),
            _saved(c.tokens_in, longest),
        )
        for c in scored
    )
    columns = tuple(Column(row.plain_name, _better(row), _how(row)) for row in kinds.values())
    return Measures(columns, rows, tokens=longest > 0, askings=_askings(scored, called))


def _how(row: MeasureRow) -> How:
    said = MEASURES.get(row.key, "")
    of = f"mean over {figures.counted(row.n, 'answer')}; range: bootstrap of whole groups, 95 %"
    return how(said, [of if row.n else figures.NOT_MEASURED])


def _askings(scored: Sequence[CandidateReport], called: Mapping[str, str]) -> str:
    """Tokens of a candidate that is asked again are of all askings of a text together."""
    again = {c.name: c.handover.ask_again for c in scored if c.handover and c.handover.ask_again}
    said = [f"“{called[name]}” is asked {1 + times} times" for name, times in again.items()]
    if not said:
        return ""
    return f"{', '.join(said)} for each text, and its tokens are those of all askings together."


def _mark(comparison: Comparison, c: CandidateReport) -> str:
    if comparison.verdict.recommended != c.name:
        return ""
    return "for now" if comparison.verdict.provisional else "recommended"


def _row(c: CandidateReport, key: str) -> MeasureRow | None:
    return next((row for row in c.measures if row.key == key), None)


def _better(row: MeasureRow) -> str:
    return {"higher": "higher is better", "lower": LOWER, "neither": ""}[row.better]


def _cell(row: MeasureRow | None) -> tuple[str, str]:
    if row is None or row.value is None or row.low is None or row.high is None:
        return figures.NOT_MEASURED, ""
    if row.unit == "ratio":
        return figures.number(row.value, 2), f"{row.low:.2f} to {row.high:.2f}"
    return figures.percent(row.value, row.n), figures.percent_range(row.low, row.high, row.n)


def _tokens(count: float | None) -> str:
    return figures.NOT_MEASURED if count is None else figures.number(count)


def _saved(count: float | None, longest: float) -> str:
    if not count or longest <= 0 or count >= longest:
        return ""
    return f"−{figures.number(100 * (1 - count / longest))}{figures.SPACE}%"
