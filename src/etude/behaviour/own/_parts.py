"""What both forms of case share: columns, checks and expectations read, faults placed by line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etude.behaviour.own.written import Surroundings
from etude.checks import Check, compile_checks
from etude.contracts.schema import SchemaContract
from etude.data.conversations import ROLES, is_message
from etude.errors import Problem, TaskError
from etude.taskfile.nodes import Document, Where, dotted
from etude.taskfile.words import did_you_mean, listed, shown


@dataclass
class Reading:
    """A file under way: what is wrong with it is noted, so that everything is told at once.

    Args:
        file: as the task file names it.
        folder: the project's, where ``python`` checks lie.
    """

    file: str
    folder: Path
    document: Document
    around: Surroundings
    problems: list[Problem] = field(default_factory=list)

    def fault(
        self, where: Where, found: str, expected: str | None = None, hint: str | None = None
    ) -> None:
        """Note what is wrong at a place."""
        self.problems.append(self.document.problem(where, found, expected, hint))

    def line(self, where: Where) -> int:
        """The line of a place."""
        return self.document.line(where) or 1

    def unknown_keys(self, values: Mapping[str, Any], where: Where, known: Sequence[str]) -> None:
        """Note every key that is not one of ``known``."""
        for key in values:
            if key not in known:
                expected = f"one of {', '.join(known)}"
                self.fault((*where, key), "unknown key", expected, did_you_mean(key, known))

    def text(self, values: Mapping[str, Any], key: str, where: Where) -> str | None:
        """A text; None where nothing is written, or something else (which is noted)."""
        value = values.get(key)
        if value is None or isinstance(value, str):
            return value
        self.fault((*where, key), f"found {shown(value)}", "text")
        return None

    def yes(self, values: Mapping[str, Any], key: str, where: Where) -> bool | None:
        """A yes or no; None where nothing is written."""
        value = values.get(key)
        if value is None:
            return None
        word = str(value).strip().casefold()
        if word in ("yes", "y", "true"):
            return True
        if word not in ("no", "n", "false"):
            self.fault((*where, key), f"found {shown(value)}", "yes or no")
        return False

    def suite(self, name: str | None, where: Where, usual: str) -> str:
        """The name of a suite, which must not be that of another."""
        chosen = (name or usual).strip() or usual
        if chosen in self.around.known:
            hint = None if name else "give the cases a `suite`, or rename the file"
            self.fault(where, f"{chosen!r} is a suite that comes with Etude", "another name", hint)
        return chosen

    def asked(self, value: Any, where: Where) -> str | dict[str, str] | None:
        """An input: a text, or columns; None where it is neither, which is noted."""
        around = self.around
        expected = f"a text, or the columns {listed(around.needed)}"
        if isinstance(value, str) or (value is None and self.document.line(where)):
            return value or ""
        if isinstance(value, list) and around.kind == "chat" and value:
            return self._messages(value, where)
        if not isinstance(value, dict) or not value:
            self.fault(where, f"found {shown(value)}", expected)
            return None
        found = {}
        for name, cell in value.items():
            place = (*where, name)
            if name not in around.columns:
                near = did_you_mean(name, around.columns)
                self.fault(
                    place, f"the task reads no column {name!r}", listed(around.columns), near
                )
            elif cell is not None and not isinstance(cell, str):
                self.fault(place, f"found {shown(cell)}", "text")
            else:
                found[name] = cell or ""
        return found

    def _messages(self, value: list[Any], where: Where) -> str | None:
        """A conversation as text; None where something of it is no message, which is noted."""
        odd = [place for place, one in enumerate(value) if not is_message(one)]
        for place in odd:
            expected = f"a message `{{role: user, content: …}}`; roles are {listed(ROLES)}"
            self.fault((*where, place), f"found {shown(value[place])}", expected)
        return None if odd else json.dumps(value, ensure_ascii=False)

    def expected(self, value: Any, where: Where) -> str | None:
        """The right label or text; JSON may be written as such."""
        if value is None:
            return None
        if self.around.kind == "extract":
            return self._record(value, where)
        if not isinstance(value, str):
            self.fault(where, f"found {shown(value)}", "the right answer as text")
            return None
        labels = self.around.labels
        if labels and value not in labels:
            near = did_you_mean(value, labels)
            self.fault(where, f"there is no label {shown(value)}", listed(labels), near)
        return value

    def _record(self, value: Any, where: Where) -> str | None:
        """JSON that the task's schema allows, as text; what it fails is noted."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if self.around.schema is not None:
            _, faults = SchemaContract(dict(self.around.schema)).parse(text)
            for fault in faults:
                self.fault(where, fault.replace("the answer", "it", 1), "JSON of the task's schema")
        return text

    def checks(
        self, specs: Sequence[Any], places: Sequence[Where], columns: Sequence[str]
    ) -> tuple[Check, ...]:
        """The checks that ``specs`` say, each of which stands at its place; faults are noted."""
        found: list[Check] = []
        lines = {dotted(place): line for place, line in self.document.lines.items()}
        for spec, place in zip(specs, places, strict=True):
            try:
                found += compile_checks([spec], self.folder, columns)
            except TaskError as error:
                self.problems += [_placed(one, dotted(place), lines) for one in error.problems]
        return tuple(found)


def _placed(problem: Problem, place: str, lines: Mapping[str, int]) -> Problem:
    """As it stands in the file: its one check there is ``checks[0]`` to the compiler."""
    name = place + problem.field.removeprefix("checks[0]")
    at = name
    while at and at not in lines:
        at = at[: max(at.rfind("."), at.rfind("["), 0)]
    return Problem(lines.get(at), name, problem.found, problem.expected, problem.hint)
