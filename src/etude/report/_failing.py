"""Cases that failed: what was asked, and what every way answered to it, side by side.

On the page of rows they hold texts of the data, so personal data are masked and texts cut, as
everywhere on that page. For the report, which is sent on, ``for_report`` takes what holds no row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from etude.data.conversations import flat, turns_of
from etude.records.behaviour import Behaviour
from etude.records.comparison import Comparison
from etude.report._shown import shown
from etude.report.summary import in_order, titles

MOST, LETTERS = 30, 600
"""Cases of a suite that are shown, and letters of a text."""
FEW = 3
"""Cases of a suite, and turns of a label, that the report shows."""


@dataclass(frozen=True)
class Said:
    """One way's answer to a case; ``before`` is its answer to the unchanged input, "" where that is the
    same or there is none."""

    answer: str
    before: str
    why: str
    state: Literal["fails", "passes", "untold"]


@dataclass(frozen=True)
class Failed:
    """One case that anybody fails. ``fixed``: its text is Etude's own, no row of the data and no
    example of the task file. ``answers`` are in the order of the suite's heads; None: that way was not
    asked."""

    source: str
    asked: str
    fixed: bool
    answers: tuple[Said | None, ...]


@dataclass(frozen=True)
class FailedSuite:
    """A suite's cases that anybody fails; ``more`` of them are not shown. ``often``: by way, what went
    wrong most often: which label became which, or why answers fail; without a text of the data."""

    key: str
    name: str
    heads: tuple[str, ...]
    cases: tuple[Failed, ...]
    more: int
    often: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """Cases that anybody fails."""
        return len(self.cases) + self.more


def failing(
    comparison: Comparison, found: Behaviour | None, rows: pl.DataFrame | None
) -> tuple[FailedSuite, ...]:
    """Every suite in which a case failed, in the record's order.

    Args:
        comparison: names the candidates.
        found: names the suites; None: nobody has tried.
        rows: the tables that ``etude behave`` left.
    """
    if found is None or rows is None:
        return ()
    names = {one.suite: one.plain_name for one in found.results}
    scored = [c.name for c in in_order(comparison) if c.quality is not None]
    own = rows.filter(pl.col("candidate").is_in(scored))
    asked = [name for name in scored if name in set(own["candidate"])]
    called = titles(comparison)
    by_suite = own.partition_by("suite", as_dict=True)
    suites = []
    for key, name in names.items():
        table = by_suite.get((key,))
        if table is not None and table["why"].is_not_null().any():
            heads = {one: called[one] for one in asked}
            suites.append(_suite(comparison, key, name, heads, table.to_dicts()))
    return tuple(suites)


def _suite(
    comparison: Comparison,
    key: str,
    name: str,
    heads: Mapping[str, str],
    rows: Sequence[dict[str, Any]],
) -> FailedSuite:
    kind, examples = comparison.task.kind, comparison.task.boundaries.examples
    cases: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in rows:
        cases.setdefault((row["source"], row["input"]), {})[row["candidate"]] = row
    failed = [
        (case, said)
        for case, said in cases.items()
        if any(row["why"] is not None for row in said.values())
    ]
    return FailedSuite(
        key=key,
        name=name[:1].upper() + name[1:],
        heads=tuple(heads.values()),
        cases=tuple(
            _case(kind, heads, case, said, fixed=not case[0] and case[1] not in examples)
            for case, said in failed[:MOST]
        ),
        more=len(failed[MOST:]),
        often=(_turned(heads, rows) if kind == "classify" else ()) or _reasons(heads, rows),
    )


def _case(
    kind: str,
    heads: Mapping[str, str],
    case: tuple[str, str],
    said: Mapping[str, dict[str, Any]],
    *,
    fixed: bool,
) -> Failed:
    source, text = case
    asked = flat(turns_of(text)) if kind == "chat" else text
    return Failed(
        source=shown(source, 200),
        asked=shown(asked, LETTERS),
        fixed=fixed,
        answers=tuple(_said(said[name]) if name in said else None for name in heads),
    )


def _said(row: Mapping[str, Any]) -> Said:
    output, base = row["output"], row["base_output"]
    told = row["told"]
    return Said(
        answer="no answer" if output is None else shown(output, LETTERS),
        before="" if base is None or base == output else shown(base, LETTERS),
        why=shown(row["why"], LETTERS) if row["why"] else "",
        state="fails" if row["why"] else "passes" if told else "untold",
    )


def _turned(
    heads: Mapping[str, str], rows: Sequence[dict[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """Which label became which where that was a failure, most often first."""
    found = []
    for name, title in heads.items():
        turns = Counter(
            (row["base_output"], row["output"])
            for row in rows
            if row["candidate"] == name and row["why"] and row["base_output"] and row["output"]
        )
        said = Counter({f"{a} became {b}": n for (a, b), n in turns.items() if a != b})
        found += [(title, _most(said))] if said else []
    return tuple(found)


def _reasons(
    heads: Mapping[str, str], rows: Sequence[dict[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """Why answers fail, most often first; what follows a colon may quote an answer and is left out."""
    found = []
    for name, title in heads.items():
        said = Counter(
            row["why"].partition(":")[0] for row in rows if row["candidate"] == name and row["why"]
        )
        found += [(title, _most(said))] if said else []
    return tuple(found)


def _most(said: Counter[str]) -> str:
    """What is said most often, each with how often."""
    every = [f"{text} ({n})" for text, n in sorted(said.items(), key=lambda one: (-one[1], one[0]))]
    more = f" and {len(every) - FEW} more" if len(every) > FEW else ""
    return ", ".join(every[:FEW]) + more


@dataclass(frozen=True)
class InReport:
    """What the report may show of a suite: a few cases whose text is fixed, what went wrong often, and
    how many cases are on the page of rows alone."""

    key: str
    name: str
    count: int
    heads: tuple[str, ...]
    cases: tuple[Failed, ...]
    often: tuple[tuple[str, str], ...]
    elsewhere: int


def for_report(suites: Sequence[FailedSuite], kind: str) -> tuple[InReport, ...]:
    """Every suite without a row: answers stand beside fixed texts only where they are labels, because a
    text that a model writes may hold what it was trained on."""
    found = []
    for suite in suites:
        few = tuple(case for case in suite.cases if case.fixed)[:FEW] if kind == "classify" else ()
        found.append(
            InReport(
                key=suite.key,
                name=suite.name,
                count=suite.count,
                heads=suite.heads,
                cases=few,
                often=suite.often,
                elsewhere=suite.count - len(few),
            )
        )
    return tuple(found)
