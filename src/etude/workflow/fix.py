"""``fix``: accept all proposals of a finding at once, take them back, tidy up.

Source files are never changed: what is accepted becomes decisions, which are applied wherever the
examples are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from etude.audit._summary import Item, Summary
from etude.data._laid import Rules
from etude.data.stored import Prepared
from etude.errors import UnknownName, UsageError
from etude.records.decision import Decision
from etude.registry import nearest
from etude.workflow import decisions
from etude.workflow._parts import Place
from etude.workflow._repair import Row, Stamp, accepted
from etude.workflow.audit import Options
from etude.workflow.check import looked_through, prepare
from etude.workflow.session import Session, now

SHOWN = 3
"""Examples of a repair that are shown before anybody accepts it."""
_PLACE = ("field", "start", "end", "evidence", "other", "proposal", "score")


@dataclass(frozen=True)
class Sample:
    """One row that would be mended: what stands there, and what would; None: it is left out."""

    id: str
    before: str
    after: str | None


@dataclass(frozen=True)
class Bulk:
    """A finding that can be mended at once. ``rows`` have a proposal; rows that are kept aside are
    no samples."""

    item: Item
    rows: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Repairs:
    """``bulk``: what can be accepted at once. ``others``: findings whose rows need a person each.
    ``done``: by finding, rows that were mended so before, and are."""

    bulk: tuple[Bulk, ...]
    others: tuple[Item, ...]
    done: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude fix --json``."""
        return {
            "schema": 1,
            "repairs": [
                {
                    "code": one.item.code,
                    "rows": one.rows,
                    "do": one.item.to_do,
                    "samples": [
                        {"id": s.id, "before": s.before, "after": s.after} for s in one.samples
                    ],
                }
                for one in self.bulk
            ],
            "one_by_one": [item.code for item in self.others],
            "done": dict(self.done),
        }


@dataclass(frozen=True)
class Fixed:
    """What was accepted: rows by finding; and rows that could not be mended, by the reason."""

    rows: tuple[tuple[str, int], ...]
    left: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude fix CODE --json``."""
        return {"schema": 1, "accepted": dict(self.rows), "left": dict(self.left)}


@dataclass(frozen=True)
class Undone:
    """What was taken back of a finding; ``left``: decisions about it made one by one, which stay."""

    code: str
    rows: int
    left: int

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude fix --undo CODE --json``."""
        return {"schema": 1, "code": self.code, "taken_back": self.rows, "left": self.left}


def repairs(session: Session, codes: Sequence[str] = ()) -> Repairs:
    """What can be mended, and what was.

    Args:
        session: an open project.
        codes: only these findings; none: all.

    Raises:
        DataError: the examples can't be used at all.
        UnknownName: nothing of such a name was found.
        UsageError: what was found of such a name can't be mended at once.
    """
    prepared, summary = _found(session)
    if codes:
        named = [_named(summary, code) for code in dict.fromkeys(codes)]
        return Repairs(tuple(_bulk(item, prepared) for item in named), (), ())
    bulk = [item for item in summary.items if item.in_bulk]
    others = tuple(item for item in summary.items if item.one_by_one and not item.in_bulk)
    done: Counter[str] = Counter()
    for placed, _ in prepared.outcome.rows:
        if placed.decision.via == "fix":
            done[placed.decision.finding] += 1
    return Repairs(
        tuple(_bulk(item, prepared) for item in bulk), others, tuple(sorted(done.items()))
    )


def accept(session: Session, codes: Sequence[str]) -> Fixed:
    """Accept all proposals of these findings, one finding after the other.

    Raises:
        UnknownName: nothing of that name was found.
        UsageError: what was found of that name can't be mended at once.
    """
    prepared, summary = _found(session)
    items = [_named(summary, code) for code in dict.fromkeys(codes)]
    work = _Work(prepared, rules_of(session, prepared), Stamp("fix", now()))
    rows = [(item.code, work.accept(item)) for item in items]
    decisions.add(session, work.made)
    return Fixed(tuple(rows), tuple(work.left.most_common()))


def undo(session: Session, code: str) -> Undone:
    """Take back what was accepted of a finding at once; what was decided row by row stays.

    Raises:
        UnknownName: nothing was accepted of that name.
    """
    known = [placed.decision for placed in decisions.read(session.root).placed]
    own = [one for one in known if one.finding == code]
    if not any(one.via == "fix" for one in own):
        done = sorted({one.finding for one in known if one.via == "fix"})
        near = nearest(code, done)
        raise UnknownName(
            f"nothing was accepted at once of {code!r}",
            where=decisions.FILE,
            expected=f"one of {', '.join(done)}" if done else None,
            hint=f"did you mean {near}?" if near else None,
        )
    gone = decisions.take_back(
        session, lambda placed: placed.decision.finding == code and placed.decision.via == "fix"
    )
    left = sum(one.via != "fix" for one in own)
    return Undone(code, len({one.row for one in gone}), left)


def tidy(session: Session) -> int:
    """Take decisions out of the file that no longer fit their rows; how many."""
    prepared, _ = prepare(session)
    stale = {(u.placed.line, u.placed.decision) for u in prepared.outcome.unapplied}
    return len(decisions.take_back(session, lambda p: (p.line, p.decision) in stale))


def rules_of(session: Session, prepared: Prepared) -> Rules:
    """What a row of this task must be."""
    task = session.taskfile.task
    return Rules(task.kind, frozenset(prepared.labels), task.output_schema)


def _found(session: Session) -> tuple[Prepared, Summary]:
    prepared, _ = prepare(session)
    return prepared, looked_through(session, prepared, Options())[1]


def _named(summary: Summary, code: str) -> Item:
    item = summary.item(code)
    bulk = [one.code for one in summary.items if one.in_bulk]
    if item is None:
        near = nearest(code, bulk)
        raise UnknownName(
            f"no finding is called {code!r} now",
            where="etude fix",
            expected=f"one of {', '.join(bulk)}" if bulk else None,
            hint=f"did you mean {near}?" if near else "etude fix lists what can be mended",
        )
    if not item.in_bulk:
        raise UsageError(
            f"{code} can't be mended at once: each of its rows needs a person",
            where="etude fix",
            hint=f"etude review --finding {code}"
            if item.one_by_one
            else item.to_do or "etude check says what to do",
        )
    return item


def places_by_row(hits: pl.DataFrame) -> Iterator[tuple[str, list[Place]]]:
    """The places of each row, rows in the order of the hits."""
    grouped = hits.group_by("id", maintain_order=True).agg(*_PLACE)
    for name, *columns in grouped.iter_rows():
        yield name, [Place(*cells) for cells in zip(*columns, strict=True)]


class _Work:
    """Accepts finding after finding; each sees what earlier ones made of a row."""

    def __init__(self, prepared: Prepared, rules: Rules, stamp: Stamp) -> None:
        self.frame, self.rules, self.stamp = prepared.frame, rules, stamp
        self.rows: dict[str, Row] = {}
        self.dropped: set[str] = set()
        self.made: list[Decision] = []
        self.left: Counter[str] = Counter()

    def accept(self, item: Item) -> int:
        """Decide on every row of a finding; how many are mended."""
        assert item.hits is not None
        assert item.finding.repair is not None
        self._load(item.hits["id"].unique().to_list())
        apply, count = item.finding.repair.apply, 0
        for name, places in places_by_row(item.hits):
            found = self._one(item.code, apply, self.rows[name], places)
            if isinstance(found, str):
                self.left[found] += 1
                continue
            self.made += found
            count += 1
        return count

    def _load(self, names: list[str]) -> None:
        fresh = [name for name in names if name not in self.rows]
        wanted = self.frame.filter(pl.col("id").is_in(fresh))
        for row in wanted.select("id", "input", "target", "context", "cells").iter_rows(named=True):
            self.rows[row["id"]] = Row.of(row, self.rules.kind)

    def _one(
        self, code: str, apply: str, row: Row, places: list[Place]
    ) -> tuple[Decision, ...] | str:
        if row.laid.dropped:
            return "the row is left out already"
        others = [place.other for place in places if place.other is not None]
        if apply == "drop" and others and all(other in self.dropped for other in others):
            # Of rows that name one another the last one stays.
            return "it is the last of its copies"
        found = accepted(row, code, apply, places, self.rules, self.stamp)
        if apply == "drop" and not isinstance(found, str):
            self.dropped.add(row.laid.id)
        return found


def _bulk(item: Item, prepared: Prepared) -> Bulk:
    assert item.hits is not None
    assert item.finding.repair is not None
    drops = item.finding.repair.apply == "drop"
    hits = item.hits if drops else item.hits.filter(pl.col("proposal").is_not_null())
    aside = prepared.frame.filter(pl.col("side") == "holdout")["id"]
    seen = hits.filter(~pl.col("id").is_in(aside.implode()))
    shown = seen.unique("id", keep="first", maintain_order=True).head(SHOWN)
    rows = prepared.frame.filter(pl.col("id").is_in(shown["id"].to_list()))
    by_id = {row["id"]: row for row in rows.iter_rows(named=True)}
    samples = tuple(_sample(by_id[hit["id"]], hit, drops) for hit in shown.iter_rows(named=True))
    return Bulk(item, hits["id"].n_unique(), samples)


def _sample(row: Mapping[str, Any], hit: Mapping[str, Any], drops: bool) -> Sample:
    if drops:
        return Sample(row["id"], row["input"], None)
    text = row[hit["field"]] if hit["field"] in ("input", "target", "context") else row["target"]
    if hit["start"] is not None and hit["end"] is not None:
        text = (text or "")[hit["start"] : hit["end"]]
    return Sample(row["id"], text or "", hit["proposal"])
