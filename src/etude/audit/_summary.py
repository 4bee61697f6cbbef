"""Everything that was found in one ranked list, a grade in words, and what to do first.

Pure: it knows findings with their places, and nothing of how they were come by or are shown.

The grade is a word with its reasons, by rules of which the strictest decides; no finding is weighed
against another:

=========== ==================================================================================
not ready   there is an error: the result can't be trusted, or the examples must not be used
needs work  fewer than 50 examples, or warnings on a fifth of them or more
usable      fewer than 200 examples, warnings on one in fifty or more, or one on the whole set
good        none of these
=========== ==================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from etude.audit._base import NAMED, Found, count_of
from etude.records.dataset import Finding, Severity

Word = Literal["good", "usable", "needs work", "not ready"]
WORDS: tuple[Word, ...] = ("good", "usable", "needs work", "not ready")
FEW, SOME = 50, 200
"""Examples: below the first, differences can't be told from chance; below the second, only large
ones can (about 14 points where half of the answers are right)."""
MANY, A_FEW = 0.2, 0.02
"""Shares of the examples that have a warning."""
MOST = 10
"""Things to do that are named."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

REPLACED: dict[str, str] = {
    "duplicates": "duplicates",
    "near_duplicates": "near_duplicates",
    "conflicts": "conflicts",
    "several_answers_to_one": "conflicts",
    "few_examples": "enough",
    "rights": "rights",
}
"""Code of a finding of reading to the audit that tells it better: where that audit has run, its
word stands alone."""


@dataclass(frozen=True)
class Item:
    """A finding with its places (None: it names no rows, or not all) and how many of its rows a
    person has looked at and let stand, which no longer count. ``points``: of quality that mending
    it buys, in points of the task's metric, low, middle and high; None: not measured."""

    finding: Finding
    hits: pl.DataFrame | None = None
    kept: int = 0
    points: tuple[float, float, float] | None = None

    @property
    def code(self) -> str:
        """What was found."""
        return self.finding.code

    @property
    def ids(self) -> tuple[str, ...]:
        """Rows that have it, as far as they are named."""
        if self.hits is None:
            return self.finding.rows
        return tuple(self.hits["id"].unique(maintain_order=True).to_list())

    @property
    def serious(self) -> bool:
        """Whether it is more than a note."""
        return self.finding.severity != "note"

    @property
    def in_bulk(self) -> bool:
        """Whether what is proposed can be accepted for all rows at once."""
        repair, hits = self.finding.repair, self.hits
        if repair is None or hits is None or hits.is_empty():
            return False
        if repair.apply == "drop":
            return True
        return repair.apply in ("replace", "relabel") and bool(hits["proposal"].is_not_null().any())

    @property
    def one_by_one(self) -> bool:
        """Whether there are rows to look through."""
        repair = self.finding.repair
        adds = repair is not None and repair.apply == "add"
        return self.hits is not None and not self.hits.is_empty() and not adds

    @property
    def to_do(self) -> str | None:
        """What to do, in a few words."""
        repair = self.finding.repair
        return repair.sentence if repair is not None else self.finding.hint


@dataclass(frozen=True)
class Grade:
    """How good the examples are, and why."""

    word: Word
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """Everything that was found, ranked; and the grade. ``settled``: findings all of whose rows a
    person has let stand."""

    items: tuple[Item, ...]
    grade: Grade
    settled: int = 0

    @property
    def to_do(self) -> tuple[Item, ...]:
        """At most ten things to do, what matters most first."""
        return tuple(item for item in self.items if item.to_do is not None)[:MOST]

    def item(self, code: str) -> Item | None:
        """The finding of this code."""
        return next((item for item in self.items if item.code == code), None)


def summarise(
    rows: int,
    of_reading: Iterable[Finding],
    found: Sequence[Found],
    *,
    ran: Collection[str],
    kept: Collection[tuple[str, str]] = (),
    points: Mapping[str, tuple[float, float, float]] | None = None,
) -> Summary:
    """One list of all that was found, without what audits tell better and what people let stand.

    Args:
        rows: examples.
        of_reading: what reading and splitting found.
        found: what audits found.
        ran: keys of the audits that have run.
        kept: (row, code) that a person has looked at and let stand.
        points: what mending a finding buys, by code, where that was measured.
    """
    items = [Item(one) for one in _joined(of_reading) if REPLACED.get(one.code, "") not in ran]
    by_code: dict[str, set[str]] = {}
    for row, code in kept:
        by_code.setdefault(code, set()).add(row)
    settled = 0
    for one in found:
        item = _left(one, by_code.get(one.finding.code, set()), (points or {}))
        if item is None:
            settled += 1
        else:
            items.append(item)
    items.sort(key=lambda item: _rank(item, rows))
    return Summary(tuple(items), grade(items, rows), settled)


def _joined(of_reading: Iterable[Finding]) -> list[Finding]:
    """Findings of one code as one, told by the one with the most rows: ten checks that the same
    answers fail are one thing to do."""
    by_code: dict[str, list[Finding]] = {}
    for one in of_reading:
        by_code.setdefault(one.code, []).append(one)
    made = []
    for together in by_code.values():
        first = max(together, key=lambda one: one.count)
        if len(together) > 1:
            rows = tuple(dict.fromkeys(row for one in together for row in one.rows))
            update = {
                "sentence": f"{first.sentence}; and {len(together) - 1} more of this sort",
                "rows": rows[:NAMED],
                "count": max(first.count, len(rows)),
            }
            first = first.model_copy(update=update)
        made.append(first)
    return made


def _left(
    one: Found, kept: set[str], points: Mapping[str, tuple[float, float, float]]
) -> Item | None:
    """What is left of a finding without the rows that were let stand; None for nothing."""
    finding, hits = one.finding, one.hits
    if kept:
        hits = hits.filter(~pl.col("id").is_in(list(kept)))
        ids = hits["id"].unique(maintain_order=True)
        if ids.is_empty():
            return None
        before, minutes = finding.count, finding.minutes
        if minutes is not None:
            minutes = round(minutes * len(ids) / max(1, before), 1)
        update = {"rows": tuple(ids.head(NAMED)), "count": len(ids), "minutes": minutes}
        finding = finding.model_copy(update=update)
        return Item(finding, hits, before - len(ids), points.get(finding.code))
    return Item(finding, hits if len(hits) else None, 0, points.get(finding.code))


def _rank(item: Item, rows: int) -> tuple[float, int, float, float, str]:
    """What is known to buy quality first; then the serious, the frequent and the quickly done."""
    finding = item.finding
    buys = item.points[1] if item.points is not None and item.points[0] > 0 else 0.0
    return (
        -buys,
        SEVERITIES.index(finding.severity),
        -(finding.count or rows) / max(1, rows),
        finding.minutes or 0.0,
        finding.code,
    )


def grade(items: Sequence[Item], rows: int) -> Grade:
    """The word and its reasons, by the rules that stand at the head of this file."""
    reasons: dict[Word, list[str]] = {word: [] for word in WORDS}
    errors = [item for item in items if item.finding.severity == "error"]
    if errors:
        named = ", ".join(item.code for item in errors[:3])
        more = f" and {len(errors) - 3} more" if len(errors) > 3 else ""
        reasons["not ready"].append(
            f"{count_of(len(errors), 'finding')} ({named}{more}) must be settled first"
        )
    if rows < SOME:
        word: Word = "needs work" if rows < FEW else "usable"
        enough = FEW if rows < FEW else SOME
        few = f"{count_of(rows, 'example')} are few: from {enough} on more can be said"
        reasons[word].append(few)
    _by_share(items, rows, reasons)
    worst: Word = next((word for word in reversed(WORDS) if reasons[word]), "good")
    told = reasons[worst] or ["nothing above a note was found"]
    return Grade(worst, tuple(told))


def _by_share(items: Sequence[Item], rows: int, reasons: dict[Word, list[str]]) -> None:
    warned = [item for item in items if item.finding.severity == "warning"]
    affected: set[str] = set()
    for item in warned:
        affected.update(item.ids if item.hits is not None or item.finding.count <= NAMED else ())
    touched = min(rows, max([len(affected), *_whole(warned)]))
    share = touched / max(1, rows)
    if touched:
        said = f"{touched:,} of {count_of(rows, 'example')} have something to look at"
        word: Word = "needs work" if share >= MANY else "usable" if share >= A_FEW else "good"
        reasons[word].append(said)
    about_all = {item.code for item in warned if not item.ids} - {"few_examples"}
    if about_all:
        reasons["usable"].append(f"to look at on the whole: {', '.join(sorted(about_all))}")


def _whole(warned: Sequence[Item]) -> list[int]:
    """Counts of findings that name only some of their rows."""
    return [
        item.finding.count
        for item in warned
        if item.hits is None and item.finding.count > len(item.finding.rows) > 0
    ]
