"""``review``: the doubtful rows one after the other, and what a person decides about each.

What was decided is written at once, so that stopping at any moment loses nothing, and the next time
goes on with what is left. It knows rows and decisions, and nothing of terminals.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etude.audit._summary import Item, Summary
from etude.data._laid import Rules
from etude.data.stored import Prepared
from etude.errors import UnknownName, UsageError
from etude.records.decision import Action, Decision
from etude.registry import nearest
from etude.workflow import decisions, judgements
from etude.workflow._held import held_out, veiled, write_down
from etude.workflow._parts import Place
from etude.workflow._repair import FIELDS, Row, Stamp, accepted
from etude.workflow._walk import Walk
from etude.workflow.check import looked_through, prepare
from etude.workflow.fix import places_by_row, rules_of
from etude.workflow.session import Session, now


@dataclass(frozen=True)
class Case:
    """One row of one finding. ``number`` counts from 1; ``others``: rows that it is held against;
    ``aside``: ids of those that are kept aside and not shown; ``also``: codes of other findings that
    the row has."""

    number: int
    item: Item
    row: Mapping[str, Any]
    places: tuple[Place, ...]
    others: tuple[Mapping[str, Any], ...] = ()
    aside: tuple[str, ...] = ()
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
    hidden: frozenset[str] = frozenset()
    """Ids of rows that are kept aside, of which nothing is shown."""
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
                named = tuple(dict.fromkeys(others))
                aside = tuple(other for other in named if other in self.hidden)
                rows = tuple(self.row(other) for other in named if other not in self.hidden)
                there = tuple(row for row in rows if row is not None)
                own = self.row(name)
                assert own is not None
                return Case(self.at + 1, item, own, places, there, aside, also)
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
        row = self._row(case)
        before = {name: row.own(name) for name in FIELDS}
        made = self._accepted(case, row)
        if isinstance(made, str):
            return None
        if row.laid.dropped:
            return {}
        return {name: row.own(name) for name in FIELDS if row.own(name) != before[name]}

    def text(self, case: Case, name: str) -> str:
        """A field as a person edits it: an input without the context that it ends with."""
        return self._row(case).own(name)

    def fields(self, case: Case) -> tuple[str, ...]:
        """The fields that may be edited for a case, the likeliest first: those that something was
        found in, and where that is none, or there is a context, all that the row has."""
        named = [place.field for place in self._row(case).placed(case.places) if place.field]
        beside = ("context",) if case.row["context"] else ()
        more = ("target", "input", *beside) if beside or not named else ()
        return tuple(dict.fromkeys((*named, *more)))

    def _row(self, case: Case) -> Row:
        return Row.of(case.row, self.rules.kind)

    def _accepted(self, case: Case, row: Row) -> tuple[Decision, ...] | str:
        if case.apply not in ("drop", "replace", "relabel"):
            return "nothing is proposed"
        return accepted(row, case.item.code, case.apply, case.places, self.rules, self._stamp())

    def accept(self, case: Case) -> str | None:
        """Accept what is proposed; why it can't be, where it can't."""
        made = self._accepted(case, self._row(case))
        if isinstance(made, str):
            return made
        self._write(made)
        return None

    def decide(
        self, case: Case, action: Action, value: str | None = None, name: str | None = None
    ) -> str | None:
        """Keep, drop, edit the field ``name`` (as ``text`` gives it), or relabel; why it can't be,
        where it can't."""
        stamp = self._stamp()
        row = self._row(case)
        if value is not None and name is not None:
            value = row.whole(name, value)
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
        show_holdout: those that are kept aside too, and what others say of them, which is written in
            the ledger: whoever reads them can no longer be surprised by them.

    Raises:
        UnknownName: nothing of that name was found.
        UsageError: what was found of that name names no rows to decide about.
    """
    prepared, _ = prepare(session)
    _, summary = looked_through(session, prepared)
    held = held_out(prepared.frame)
    hidden: frozenset[str] = frozenset() if show_holdout else held
    queue = [
        (item, name, tuple(places))
        for item in _items(summary, finding)
        if item.hits is not None
        for name, places in places_by_row(veiled(item.hits, hidden))
    ]
    answered = judgements.read(session.root).rows
    free = [one for one in queue if one[1] not in answered]
    judged, queue = len(queue) - len(free), free
    shown = [one for one in queue if one[1] not in hidden]
    if show_holdout and any(_concerns(one, held) for one in shown):
        write_down(session, prepared.version.holdout_id, "review")
    rules, aside = rules_of(session, prepared), len(queue) - len(shown)
    return Review(session, prepared, rules, shown, aside, judged, hidden)


def _concerns(case: tuple[Item, str, tuple[Place, ...]], held: frozenset[str]) -> bool:
    """Whether a row that is kept aside is shown with a case."""
    _, name, places = case
    return name in held or any(place.other in held for place in places)


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
