"""The two parts of an input that ends with its context: what is read, and what the answer may use.

In kinds that write, a context stands at the end of the input and in a field of its own, so whatever is
at fault in it is found there, or twice. A row is mended where it comes from: what is found at the end
of the input is a place of the context. Pure: it knows texts and places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from etude.data.written import CONTEXT


class Place(NamedTuple):
    """One place of a finding in a row: the columns of ``audit.HITS`` without the row's id."""

    field: str
    start: int | None
    end: int | None
    evidence: str | None
    other: str | None
    proposal: str | None
    score: float | None


@dataclass(frozen=True)
class Parts:
    """What an input ``own`` and its ``context`` are; joined they are the row's input."""

    own: str
    context: str

    @classmethod
    def of(cls, text: str, context: str | None) -> Parts | None:
        """The parts of an input; None where no context stands at its end."""
        if context is None or not text.endswith(CONTEXT + context):
            return None
        return cls(text.removesuffix(CONTEXT + context), context)

    @property
    def joined(self) -> str:
        """The input."""
        return self.own + CONTEXT + self.context

    def placed(self, places: Iterable[Place]) -> list[Place]:
        """The places as those of the part that they are in; what was found twice once."""
        every = list(places)
        known = [
            place for place in every if place.field == "context" and place.proposal is not None
        ]
        made = []
        for place in every:
            for one in self._of_input(place) if place.field == "input" else (place,):
                moved = one is not place and one.field == "context"
                if not (moved and any(_overlap(one, other) for other in known)):
                    made.append(one)
        return made

    def _of_input(self, place: Place) -> tuple[Place, ...]:
        """A place of the input; one that reaches over both parts stays what it is."""
        if place.start is None or place.end is None:
            return self._of_whole(place)
        begins = len(self.own) + len(CONTEXT)
        if place.start < begins:
            return (place,)
        return (
            place._replace(field="context", start=place.start - begins, end=place.end - begins),
        )

    def _of_whole(self, place: Place) -> tuple[Place, ...]:
        """What is proposed for a whole input, for each part that it changes."""
        said = None if place.proposal is None else self._split(place.proposal)
        if said is None:
            return (place,)
        both = (("input", self.own, said.own), ("context", self.context, said.context))
        return tuple(
            # Of the input its own words alone change, so that an edit of the context stands.
            place._replace(field=name, proposal=after)
            if name == "context"
            else place._replace(start=0, end=len(self.own), proposal=after)
            for name, before, after in both
            if after != before
        )

    def _split(self, text: str) -> Parts | None:
        """Another input where this one is split; None: it no longer can be."""
        pieces = text.split(CONTEXT)
        at = self.own.count(CONTEXT) + 1
        if len(pieces) != self.joined.count(CONTEXT) + 1:
            return None
        return Parts(CONTEXT.join(pieces[:at]), CONTEXT.join(pieces[at:]))


def _overlap(one: Place, other: Place) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return True
    return (one.start < other.end and other.start < one.end) or one[1:3] == other[1:3]
