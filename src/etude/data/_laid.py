"""One row under decisions: what it is now, and what the task lets it become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etude.data.conversations import as_input, turns_of
from etude.data.conversations import cells as conversation_cells
from etude.data.records import record
from etude.data.shapes import plain_input
from etude.data.text import is_blank, normalise
from etude.data.written import CONTEXT
from etude.records.decision import Decision
from etude.records.task import WRITING, Kind


@dataclass(frozen=True)
class Rules:
    """What a row of the task must be. ``labels``: empty for kinds without."""

    kind: Kind
    labels: frozenset[str] = frozenset()
    schema: Mapping[str, Any] | None = None


@dataclass
class Laid:
    """A row. ``text`` is its input; for kinds that write, ``context`` is part of it."""

    id: str
    text: str
    target: str
    context: str | None
    cells: str | None
    dropped: bool = False
    changed: bool = False

    def take(self, decision: Decision, rules: Rules) -> str | None:
        """Apply a decision; why it can't be, where it can't."""
        if decision.action == "keep":
            return None
        if decision.action == "drop":
            self.dropped = True
            return None
        value = normalise(decision.value or "")
        name = "target" if decision.action == "relabel" else decision.field
        if is_blank(value):
            return f"it would leave the row without its {name}"
        if name == "target":
            reason = self._target(value, rules)
        elif name == "context":
            reason = self._context(value, rules)
        else:
            reason = self._input(value, rules)
        self.changed = self.changed or reason is None
        return reason

    def _target(self, value: str, rules: Rules) -> str | None:
        if rules.labels and value not in rules.labels:
            return f"{value[:80]!r} is not one of the labels"
        if rules.schema is not None:
            value, fault = record(value, rules.schema)
            if fault is not None:
                return fault
        self.target = value
        return None

    def _input(self, value: str, rules: Rules) -> str | None:
        own = self.own_input
        if rules.kind == "chat":
            value, fault = plain_input(value)
            if fault is not None:
                return fault
        elif rules.kind in WRITING and self.context is not None:
            ending = CONTEXT + self.context
            if value == ending.strip():
                return "it would leave the row without its input"
            if not value.endswith(ending):
                return "it would lose what the answer may use; that is changed as `context`"
        self.text = value
        if self.cells is not None:
            self.cells = _cells(self.cells, own, self.own_input, rules.kind, value)
        return None

    def _context(self, value: str, rules: Rules) -> str | None:
        if self.context is None:
            return "the row has no context"
        if rules.kind == "chat":
            turns = [
                turn._replace(content=turn.content.removesuffix(self.context) + value)
                if turn.content.endswith(CONTEXT + self.context)
                else turn
                for turn in turns_of(self.text)
            ]
            whole = self.text.lstrip().startswith("[")
            self.text = as_input(turns) if whole else turns[0].content
        elif rules.kind in WRITING:
            self.text = self.text.removesuffix(self.context) + value
        self.context = value
        return None

    @property
    def own_input(self) -> str:
        """The input without the context that it ends with."""
        if self.context is None:
            return self.text
        return self.text.removesuffix(CONTEXT + self.context)


def _cells(cells: str, before: str, after: str, kind: Kind, whole: str) -> str:
    """The columns that checks may name, where the input's new text says what they are now: those of
    a conversation, and the one column that was the whole input."""
    known = json.loads(cells)
    for name, value in known.items():
        if value == before:
            known[name] = after
    if kind == "chat":
        known |= conversation_cells(whole)
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))
