"""What accepting a finding's proposals would make of a row, and the decisions that say so.

Pure: it knows one row, the places of findings in it, and what the task lets a row become.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from etude.data._laid import Laid, Rules
from etude.data.overlay import row_hash
from etude.records.decision import Action, Decision, Field
from etude.records.task import WRITING, Kind
from etude.workflow._parts import Parts, Place

FIELDS = ("input", "target", "context")
_ALL = (0, 1 << 60, 0)
"""No place of the field is where it was."""


@dataclass(frozen=True)
class Stamp:
    """Who decides, how and when."""

    via: str
    at: str
    by: str | None = None


class Clash(Exception):  # caught and counted, never shown
    """Two repairs are about the same words of a row."""


@dataclass
class Row:
    """A row while repairs are accepted: what it is by now, and how places of the original have
    moved."""

    laid: Laid
    parts: Parts | None = None
    """Of the input as it was read; None where it holds no context."""
    moved: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)
    """By field: start and end in the original, and by how many characters what follows moved."""

    @classmethod
    def of(cls, row: Mapping[str, Any], kind: Kind) -> Row:
        """A canonical row as it was read."""
        laid = Laid(*(row[name] for name in ("id", "input", "target", "context", "cells")))
        return cls(laid, Parts.of(laid.text, laid.context) if kind in WRITING else None)

    @property
    def hash(self) -> str:
        """What it is by now."""
        return row_hash(self.laid.text, self.laid.target, self.laid.context)

    def text(self, name: str) -> str:
        """A field, "" where it has none."""
        laid = self.laid
        found = {"input": laid.text, "target": laid.target, "context": laid.context}[name]
        return found or ""

    def own(self, name: str) -> str:
        """A field as a person edits it: an input without the context that it ends with."""
        return self.laid.own_input if name == "input" and self.parts else self.text(name)

    def whole(self, name: str, value: str) -> str:
        """What a field is where a person has made ``value`` of ``own``."""
        if name != "input" or self.parts is None:
            return value
        return Parts(value.strip(), self.laid.context or "").joined

    def placed(self, places: Sequence[Place]) -> Sequence[Place]:
        """Places of the row as those of the fields that are edited for them."""
        return places if self.parts is None else self.parts.placed(places)

    def decide(
        self,
        finding: str,
        action: Action,
        rules: Rules,
        stamp: Stamp,
        *,
        value: str | None = None,
        name: str | None = None,
        accepted: bool = False,
    ) -> Decision | str:
        """The decision, applied here; or why it can't be made."""
        made = Decision(
            row=self.laid.id,
            finding=finding,
            action=action,
            of=self.hash,
            field=cast("Field | None", name),
            value=value,
            accepted=accepted,
            via=cast("Any", stamp.via),
            at=stamp.at,
            by=stamp.by,
        )
        reason = self.laid.take(made, rules)
        return made if reason is None else reason

    def replaced(self, name: str, places: Iterable[Place]) -> str:
        """The field with the proposals of these places in it.

        Raises:
            Clash: an earlier repair has changed the same words.
        """
        before = self.moved.get(name, [])
        text = self.text(name)
        added: list[tuple[int, int, int]] = []
        for place in sorted(places, key=lambda one: (one.start or 0, one.end or 0), reverse=True):
            if place.proposal is None:
                continue
            if place.start is None or place.end is None:
                if before or added:
                    raise Clash
                return place.proposal
            start, end = place.start, place.end
            taken = [(a, b) for a, b, _ in (*before, *added)]
            if any((start < b and a < end) or (start, end) == (a, b) for a, b in taken):
                raise Clash
            by = sum(by for _, b, by in before if b <= start)
            text = text[: start + by] + place.proposal + text[end + by :]
            added.append((start, end, len(place.proposal) - (end - start)))
        return text

    def remember(self, name: str, places: Iterable[Place], value: str) -> None:
        """These places were replaced, which was to give ``value``: what follows has moved."""
        moved = self.moved.setdefault(name, [])
        if self.text(name) != value:  # trimmed, or written anew as compact JSON
            moved.append(_ALL)
            return
        for place in places:
            if place.start is None or place.end is None:
                moved.append(_ALL)
            elif place.proposal is not None:
                by = len(place.proposal) - (place.end - place.start)
                moved.append((place.start, place.end, by))


def accepted(
    row: Row, finding: str, apply: str, places: Sequence[Place], rules: Rules, stamp: Stamp
) -> tuple[Decision, ...] | str:
    """The decisions that accept what a finding proposes for a row, applied to it; or why not."""
    if apply == "drop":
        return _one(row.decide(finding, "drop", rules, stamp, accepted=True))
    if apply == "relabel":
        label = next((place.proposal for place in places if place.proposal is not None), None)
        if label is None:
            return "nothing is proposed"
        return _one(row.decide(finding, "relabel", rules, stamp, value=label, accepted=True))
    before = replace(row.laid), {name: list(moved) for name, moved in row.moved.items()}
    made = _edits(row, finding, places, rules, stamp)
    if isinstance(made, str):
        row.laid, row.moved = before  # all of it or nothing
    return made


def _edits(
    row: Row, finding: str, places: Sequence[Place], rules: Rules, stamp: Stamp
) -> tuple[Decision, ...] | str:
    """An edit of each field; stops at the first that can't be made."""
    made: list[Decision] = []
    placed = row.placed(places)
    # An input that ends with its context is held against it, so that one comes first.
    for name in FIELDS if row.parts is None else ("context", "input", "target"):
        own = [p for p in placed if p.field == name and p.proposal is not None]
        if not own:
            continue
        try:
            value = row.replaced(name, own)
        except Clash:
            return "another repair has changed the same words"
        found = row.decide(finding, "edit", rules, stamp, value=value, name=name, accepted=True)
        if isinstance(found, str):
            return found
        row.remember(name, own, value)
        made.append(found)
    return tuple(made) if made else "nothing is proposed"


def _one(found: Decision | str) -> tuple[Decision, ...] | str:
    return found if isinstance(found, str) else (found,)
