"""Rows, the truth about them, and the bed in which a sort plants its faults.

It knows ids, fields and places; nothing of any fault.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""``id``, ``input``, ``target``, and, where there are, ``group``, ``context``, ``side`` (``train``
or ``holdout``; ``all`` where left out). An input of kind ``chat`` is JSON messages."""


@dataclass(frozen=True)
class Clean:
    """A real data set as it is before anything is planted.

    ``record``: inputs are records (``name[The Mill], food[Thai]``), which can't be reworded.
    ``paraphrases``: id to other inputs that mean the same. ``knowledge``: what may be said.
    """

    name: str
    kind: str
    rows: tuple[Row, ...]
    record: bool = False
    paraphrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    knowledge: tuple[str, ...] = ()

    @property
    def prose_targets(self) -> bool:
        """Whether targets are texts for people, neither labels nor JSON."""
        return self.kind in ("write", "rewrite", "chat")


@dataclass(frozen=True)
class Truth:
    """One planted fault, or a decoy: what looks like one and is none.

    ``sort``: the file that planted it; ``name``: which of its faults, at what strength. ``id``: the
    row; ``other``: the row that it is a copy of or contradicts. ``field``: ``input``, ``target`` or
    "" for the row; ``start``, ``end``: characters of the field where there is a place, and ``text``
    what stands there. ``was``: the right target, where it was replaced.
    """

    sort: str
    name: str
    id: str
    other: str | None = None
    field: str = ""
    start: int | None = None
    end: int | None = None
    text: str | None = None
    was: str | None = None
    decoy: bool = False


@dataclass(frozen=True)
class Planted:
    """Rows in mixed order, and the truth. ``judged``: ids of clean rows of which it is known that
    they have no such fault either, because the house style was put into them by rule."""

    clean: Clean
    rows: tuple[Row, ...]
    truth: tuple[Truth, ...]
    knowledge: tuple[str, ...]
    judged: frozenset[str] = frozenset()

    @property
    def faults(self) -> tuple[Truth, ...]:
        """The truth without its decoys."""
        return tuple(one for one in self.truth if not one.decoy)

    @property
    def decoys(self) -> tuple[Truth, ...]:
        """What must not be found."""
        return tuple(one for one in self.truth if one.decoy)


@dataclass(frozen=True)
class Sort:
    """``plant`` puts faults into a bed; ``fits`` says whether a clean set can have them.

    ``whole``: it changes every row (a house style), so that it is planted before the others.
    ``variants``: what it can be asked for alone, as ``format_drift/signed``; without, one is drawn.
    """

    sentence: str
    fits: Callable[[Clean], bool]
    plant: Callable[[Bed, float], None]
    whole: bool = False
    variants: Callable[[Clean], tuple[str, ...]] = lambda clean: ()


class Bed:
    """The rows while faults are planted; each row has at most one.

    Args:
        clean: what to plant in; it is copied, never changed.
        random: the source of every choice.
    """

    def __init__(self, clean: Clean, random: random.Random) -> None:
        self.clean = clean
        self.random = random
        self.rows: list[Row] = [dict(row) for row in clean.rows]
        self.truth: list[Truth] = []
        self.knowledge = list(clean.knowledge)
        self.judged: set[str] = set()
        self.sort = ""
        self.variant = ""
        self._used: set[str] = set()
        self._ids = {row["id"] for row in self.rows}

    def count(self, rate: float) -> int:
        """How many rows of the clean set a rate is."""
        return round(rate * len(self.clean.rows))

    def take(self, count: int, fit: Callable[[Row], bool] = lambda row: True) -> list[Row]:
        """``count`` rows that have no fault yet and fit, drawn at random; fewer where there are."""
        free = [row for row in self.rows if row["id"] not in self._used and fit(row)]
        taken = self.random.sample(free, min(count, len(free)))
        self._used |= {row["id"] for row in taken}
        return taken

    def dealt(
        self, rate: float, names: Sequence[str], fit: Callable[[Row], bool] = lambda row: True
    ) -> Iterator[tuple[str, Row]]:
        """Rows for a rate, each with one of the names, all names equally often."""
        for at, row in enumerate(self.take(self.count(rate), fit)):
            yield names[at % len(names)], row

    def new(self, row: Row, **changed: Any) -> Row:
        """A further row like this one, with an id of its own."""
        made = {**row, **changed, "id": self._fresh()}
        self.rows.append(made)
        self._used.add(made["id"])
        return made

    def _fresh(self) -> str:
        while (made := f"{self.random.getrandbits(48):012x}") in self._ids:
            pass
        self._ids.add(made)
        return made

    def fault(self, name: str, row: Row, **more: Any) -> None:
        """Write down a fault of this row."""
        self.truth.append(Truth(self.sort, name, row["id"], **more))

    def decoy(self, name: str, row: Row, **more: Any) -> None:
        """Write down what must not be found."""
        self.truth.append(Truth(self.sort, f"decoy.{name}", row["id"], decoy=True, **more))

    def words(self, row: Row, where: str) -> str:
        """The words of a field: of a conversation, what the user said last."""
        return words_of(self.clean.kind, row[where]) if where == "input" else str(row[where])

    def write(self, row: Row, where: str, words: str) -> None:
        """Put words in place of those of the field."""
        row[where] = with_words(self.clean.kind, row[where], words) if where == "input" else words

    def mark(self, row: Row, where: str, text: str, at: int | None = None) -> dict[str, Any]:
        """The place of ``text`` in the field as it is stored; ``at``: where it begins in the words."""
        stored = str(row[where])
        chat = where == "input" and self.clean.kind == "chat"
        shown = json.dumps(text, ensure_ascii=False)[1:-1] if chat else text
        start = at if at is not None and not chat else stored.rfind(shown)
        found = stored[start : start + len(shown)]
        if start < 0 or found != shown:
            raise AssertionError(f"{shown!r} does not stand in {stored!r}")
        return {"field": where, "start": start, "end": start + len(shown), "text": shown}


def words_of(kind: str, text: str) -> str:
    """What was said: of a conversation the user's last message, else the text."""
    if kind != "chat":
        return text
    return str(next(m["content"] for m in reversed(json.loads(text)) if m["role"] == "user"))


def with_words(kind: str, text: str, words: str) -> str:
    """The input with other words in that place."""
    if kind != "chat":
        return words
    messages = json.loads(text)
    last = max(at for at, message in enumerate(messages) if message["role"] == "user")
    messages[last]["content"] = words
    return json.dumps(messages, ensure_ascii=False, separators=(",", ":"))
