"""``review``: the doubtful rows one after the other, and what a person decides about each.

What was decided is written at once, so that stopping at any moment loses nothing, and the next time
goes on with what is left. It knows rows and decisions, and nothing of terminals.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from etude.audit._summary import Item, Summary
from etude.data._laid import Rules
from etude.data.stored import Prepared
from etude.errors import UnknownName, UsageError
from etude.records.decision import Action, Decision
from etude.records.run import Look
from etude.registry import nearest
from etude.workflow import decisions, judgements
from etude.workflow._repair import Place, Row, Stamp, accepted
from etude.workflow._walk import Walk
from etude.workflow.check import looked_through, prepare
from etude.workflow.fix import places_by_row, rules_of
from etude.workflow.session import Session, now


@dataclass(frozen=True)
class Case:
    """One row of one finding. ``number`` counts from 1; ``others``: rows that it is held against;
    ``also``: codes of other findings that the row has."""

    number: int
    item: Item
    row: Mapping[str, Any]
    places: tuple[Place, ...]
    others: tuple[Mapping[str, Any], ...] = ()
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The row's."""
        return str(self.row["id"])

    @property
    def apply(self) -> str:
        """What accepting does: see ``Repair.apply``."""
        repair = self.item.finding.repair
        return repair.apply if repair is not None else "decide"

    @property
    def field(self) -> str:
        """The field that the finding is about: the first that a place names, else the target."""
        return next((place.field for place in self.places if place.field), "target")


@dataclass
class Review(Walk[tuple[Decision, ...]]):
    """The walk through the doubtful rows of one version."""

    session: Session
    prepared: Prepared
    rules: Rules
    queue: list[tuple[Item, str, tuple[Place, ...]]]
    aside: int = 0
    """Cases left out because they are kept aside for the verdict."""
    judged: int = 0
    """Cases left out because somebody has judged candidates' answers to the row: who has seen these no
    longer looks at the example with a free eye."""
    _by: str | None = None
    _where: dict[str, int] = field(default_factory=dict)
    _codes: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by = person()
        self._where = {name: at for at, name in enumerate(self.prepared.frame["id"])}
        for item, name, _ in self.queue:
            self._codes.setdefault(name, []).append(item.code)

    @property
    def labels(self) -> tuple[str, ...]:
        """Those to choose among; empty for kinds without."""
        return self.prepared.labels

    @property
    def total(self) -> int:
        """Cases in all."""
        return len(self.queue)

    def case(self) -> Case | None:
        """The case to decide now; None at the end. Rows that were changed in this walk are passed
        over: what was found of them may no longer hold."""
        changed = self._changed()
        while self.at < len(self.queue):
            item, name, places = self.queue[self.at]
            others = [place.other for place in places if place.other is not None]
            if name not in changed and not changed.intersection(others):
                also = tuple(code for code in self._codes[name] if code != item.code)
                rows = tuple(self.row(other) for other in dict.fromkeys(others))
                there = tuple(row for row in rows if row is not None)
                own = self.row(name)
                assert own is not None
                return Case(self.at + 1, item, own, places, there, also)
            self.at += 1
        return None

    def row(self, name: str) -> Mapping[str, Any] | None:
        """An example by its id."""
        at = self._where.get(name)
        return None if at is None else self.prepared.frame.row(at, named=True)

    def _changed(self) -> set[str]:
        return {one.row for _, made in self._history for one in made if one.action != "keep"}

    def proposed(self, case: Case) -> Mapping[str, str] | None:
        """What accepting would make of the row, field by field; empty: it is left out; None: nothing
        is proposed, or what is proposed can't be."""
        row = Row.of(case.row)
        made = self._accepted(case, row)
        if isinstance(made, str):
            return None
        names = ("input", "target", "context")
        before = {name: case.row[name] or "" for name in names}
        if row.laid.dropped:
            return {}
        return {name: row.text(name) for name in names if row.text(name) != before[name]}

    def _accepted(self, case: Case, row: Row) -> tuple[Decision, ...] | str:
        if case.apply not in ("drop", "replace", "relabel"):
            return "nothing is proposed"
        return accepted(row, case.item.code, case.apply, case.places, self.rules, self._stamp())

    def accept(self, case: Case) -> str | None:
        """Accept what is proposed; why it can't be, where it can't."""
        made = self._accepted(case, Row.of(case.row))
        if isinstance(made, str):
            return made
        self._write(made)
        return None

    def decide(
        self, case: Case, action: Action, value: str | None = None, name: str | None = None
    ) -> str | None:
        """Keep, drop, edit the field ``name``, or relabel; why it can't be, where it can't."""
        stamp = self._stamp()
        row = Row.of(case.row)
        made = row.decide(case.item.code, action, self.rules, stamp, value=value, name=name)
        if isinstance(made, str):
            return made
        self._write((made,))
        return None

    def _write(self, made: tuple[Decision, ...]) -> None:
        decisions.add(self.session, made)
        self._history.append((self.at, made))
        self.at += 1

    def _take_back(self, word: tuple[Decision, ...]) -> None:
        for one in word:
            decisions.take_back_last(self.session, one)

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude review --json``: what is to be looked at, in its order."""
        rows = [
            {
                "finding": item.code,
                "severity": item.finding.severity,
                "id": name,
                "places": [place._asdict() for place in places],
            }
            for item, name, places in self.queue
        ]
        return {"schema": 1, "rows": rows, "kept_aside": self.aside, "answers_seen": self.judged}

    def _stamp(self) -> Stamp:
        return Stamp("review", now(), self._by)


def open_review(
    session: Session, finding: str | None = None, *, show_holdout: bool = False
) -> Review:
    """The rows to look through, what matters most first.

    Args:
        session: the project.
        finding: only the rows of this finding; None: of all warnings and errors.
        show_holdout: those that are kept aside too, which is written in the ledger: whoever reads
            them can no longer be surprised by them.

    Raises:
        UnknownName: nothing of that name was found.
        UsageError: what was found of that name names no rows to decide about.
    """
    prepared, _ = prepare(session)
    _, summary = looked_through(session, prepared)
    queue = [
        (item, name, tuple(places))
        for item in _items(summary, finding)
        if item.hits is not None
        for name, places in places_by_row(item.hits)
    ]
    answered = judgements.read(session.root).rows
    free = [one for one in queue if one[1] not in answered]
    judged, queue = len(queue) - len(free), free
    held = set(prepared.frame.filter(pl.col("side") == "holdout")["id"])
    open_to_all = [one for one in queue if one[1] not in held]
    aside = len(queue) - len(open_to_all)
    if show_holdout and aside:
        write_down(session, prepared.version.holdout_id)
        open_to_all, aside = queue, 0
    return Review(session, prepared, rules_of(session, prepared), open_to_all, aside, judged)


def _items(summary: Summary, finding: str | None) -> Sequence[Item]:
    if finding is None:
        return [item for item in summary.items if item.serious and item.one_by_one]
    found = summary.item(finding)
    if found is None:
        raise _unknown(finding, [item.code for item in summary.items if item.one_by_one])
    if not found.one_by_one:
        raise UsageError(
            f"{finding} is about no single rows",
            where="etude review",
            hint=found.to_do or "etude check says what to do",
        )
    return [found]


def write_down(session: Session, holdout: str | None) -> None:
    """A person reads examples that are kept aside: a look, in the ledger."""
    if holdout is not None:
        reason = "rows shown to a person"
        look = Look(time=now(), holdout_id=holdout, run="review", candidates=(), reason=reason)
        session.store.record_look(look)


def _unknown(finding: str, known: Sequence[str]) -> UnknownName:
    near = nearest(finding, known)
    return UnknownName(
        f"no finding is called {finding!r} now",
        where="etude review",
        expected=f"one of {', '.join(known)}" if known else "a finding of etude check with rows",
        hint=f"did you mean {near}?" if near else "etude check lists what was found",
    )


def person() -> str | None:
    """Who is at the keyboard, as far as the system knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None
