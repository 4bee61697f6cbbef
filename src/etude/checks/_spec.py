"""One check as it is written in the task file, read key by key; what is wrong is noted, not raised.

A reader (``text``, ``whole``, ``bounds`` …) always returns something of its type, so that a check
reads all of its keys and every fault is told at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from etude.checks._base import ALWAYS, Subject
from etude.checks._bounds import Bounds
from etude.checks._template import Template, template
from etude.errors import Problem
from etude.registry import nearest

_MISSING = object()


class Spec:
    """A check's keys, and the notes made while they are read.

    Args:
        values: what is written.
        place: the dotted field in the task file: ``checks[0]``.
        folder: the project folder; None where there is none.
        columns: the examples' columns; None while they are not known.

    ``faults`` are problems for the person who wrote it, ``reads`` the columns that the check needs,
    ``needed`` groups of texts of which one at least must not be empty for the check to apply.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        place: str = "checks[0]",
        folder: Path | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        self.values = values
        self.folder = folder
        self.faults: list[Problem] = []
        self.reads: list[str] = []
        self.needed: list[tuple[Template, ...]] = []
        self._place = place
        self._columns = columns

    def fault(
        self, key: str, found: str, expected: str | None = None, hint: str | None = None
    ) -> None:
        """Note that what stands under ``key`` is wrong."""
        place = f"{self._place}.{key}" if key else self._place
        self.faults.append(Problem(None, place, found, expected, hint))

    def read_column(
        self, key: str, name: str, at: int | None = None, hint: str | None = None
    ) -> None:
        """Note that the check reads a column, and whether the examples have it.

        Args:
            key: where it is named.
            name: the column.
            at: the character there, from 1, where that helps.
            hint: told where no column has a name like it.
        """
        self.reads.append(name)
        if self._columns is None or name in self._columns or name in ALWAYS:
            return
        names = [*self._columns, *(always for always in ALWAYS if always not in self._columns)]
        near = nearest(name, names)
        told = f"did you mean {near!r}?" if near else hint
        place = f"character {at}: " if at else ""
        self.fault(key, f"{place}there is no column {name!r}", f"one of {', '.join(names)}", told)

    def has(self, key: str) -> bool:
        """Whether anything is written under ``key``; an emptied line is as good as none."""
        return self.values.get(key) is not None

    def text(
        self, key: str = "value", default: str | None = None, *, skip: bool = True
    ) -> Template:
        """Text, in which placeholders may stand.

        Args:
            key: where it stands.
            default: taken where nothing is written; without one something must be.
            skip: the check does not apply where the text is empty once it is filled in.
        """
        found = self._template(key, self.values.get(key, _MISSING), default)
        if skip:
            self.needed.append((found,))
        return found

    def texts(self, key: str = "value", *, skip: bool = True) -> tuple[Template, ...]:
        """A list of texts; the check does not apply where all are empty once they are filled in."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            hint = None
            if isinstance(value, str) and value.strip():
                hint = f"write [{', '.join(repr(part.strip()) for part in value.split(','))}]"
            self.fault(key, f"found {shown(value)}", "a list of texts, such as ['a', 'b']", hint)
            return ()
        found = tuple(self._template(f"{key}[{n}]", item, None) for n, item in enumerate(value))
        if skip:
            self.needed.append(found)
        return found

    def names(self, key: str = "value", *, required: bool = True) -> tuple[str, ...]:
        """Names of columns: one, or a list of them."""
        value = self.values.get(key)
        listed = [value] if isinstance(value, str) else value
        if listed is None and not required:
            return ()
        if not isinstance(listed, list) or not listed:
            self.fault(key, f"found {shown(value)}", "a column's name, or a list of them")
            return ()
        names = []
        for index, item in enumerate(listed):
            place = key if isinstance(value, str) else f"{key}[{index}]"
            if not isinstance(item, str) or not item.strip():
                self.fault(place, f"found {shown(item)}", "a column's name", quoted(item))
                continue
            name = item.strip().removeprefix("{{").removesuffix("}}").strip()
            self.read_column(place, name)
            names.append(name)
        return tuple(names)

    def number(
        self, key: str, default: float, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """A number from ``low`` to ``high``."""
        value = self.values[key] if self.has(key) else default
        if not is_number(value) or not low <= value <= high:
            self.fault(key, f"found {shown(value)}", f"a number{_range(low, high)}")
            return default
        return float(value)

    def whole(self, key: str, default: int, low: int) -> int:
        """A whole number, at least ``low``."""
        value = self.values[key] if self.has(key) else default
        if not is_number(value) or value != int(value) or value < low:
            self.fault(key, f"found {shown(value)}", f"a whole number, at least {low}")
            return default
        return int(value)

    def choice(self, key: str, default: str, choices: Sequence[str]) -> str:
        """One of a few words."""
        value = self.values[key] if self.has(key) else default
        if value not in choices:
            near = nearest(value, choices) if isinstance(value, str) else None
            hint = f"did you mean {near!r}?" if near else None
            self.fault(key, f"found {shown(value)}", " or ".join(choices), hint)
            return default
        return str(value)

    def case(self, default: str = "match") -> Callable[[str], str]:
        """The key ``case`` (match or ignore), as what is done to two texts that are compared."""
        ignored = self.choice("case", default, ("match", "ignore")) == "ignore"
        return str.casefold if ignored else str

    def bounds(self, key: str = "value", *, whole: bool = True) -> Bounds:
        """A number, or ``{min, max}`` of which one may be left out; placeholders may stand in it."""
        value = self.values.get(key)
        parts = value if isinstance(value, dict) else {"min": value, "max": value}
        example = "{max: 80}" if whole else "{max: 8.5}"
        if value is None or isinstance(value, list) or not parts:
            self.fault(key, f"found {shown(value)}", f"a number, or {example}")
            return Bounds(None, None)
        if isinstance(value, dict):
            for name in value.keys() - {"min", "max"}:
                self.fault(
                    f"{key}.{name}", "unknown key", "min or max", _near(name, ("min", "max"))
                )
        ends: dict[str, float | Template | None] = {}
        for name in ("min", "max"):
            place = f"{key}.{name}" if isinstance(value, dict) else key
            ends[name] = self._end(place, parts.get(name), whole)
            if not isinstance(value, dict):
                ends["max"] = ends["min"]
                break
        found = Bounds(ends["min"], ends["max"])
        held = tuple(end for end in ends.values() if isinstance(end, Template))
        if held and not any(isinstance(end, float) for end in ends.values()):
            self.needed.append(held)
        if isinstance(value, dict) and found.upside_down:
            self.fault(key, f"min {value['min']} is above max {value['max']}", "min at most max")
        return found

    def unknown_keys(self, known: Sequence[str]) -> None:
        """Note every key that is not one of ``known``."""
        for key in self.values:
            if key not in known:
                self.fault(str(key), "unknown key", f"one of {', '.join(known)}", _near(key, known))

    def skips(self, subject: Subject) -> bool:
        """Whether the check has nothing to look for in this example, or no target to hold it to."""
        if not all(subject.has(name) for name in self.reads):
            return True
        return any(
            group and not any(part.fill(subject).strip() for part in group) for group in self.needed
        )

    def _end(self, place: str, value: Any, whole: bool) -> float | Template | None:
        if value is None:
            return None
        if isinstance(value, str) and "{{" in value:
            return self._template(place, value, None)
        if not is_number(value) or (whole and (value != int(value) or value < 0)):
            noun = "a whole number, 0 or more" if whole else "a number"
            hint = f"write {value.strip()}, without quotes" if _looks_whole(value) else None
            self.fault(place, f"found {shown(value)}", noun, hint)
            return None
        return float(value)

    def _template(self, key: str, value: Any, default: str | None) -> Template:
        if value in (_MISSING, None) and default is not None:
            value = default
        if not isinstance(value, str) or not value:
            found = "is missing" if value is _MISSING else f"found {shown(value)}"
            self.fault(key, found, "text", quoted(value))
            return template("")
        try:
            read = template(value)
        except ValueError as error:
            self.fault(key, f"found {error}", "{{column}}")
            return template("")
        for name in dict.fromkeys(read.columns):
            self.read_column(key, name)
        return read


def shown(value: Any) -> str:
    """A value as a fault quotes it."""
    if value is None or value is _MISSING:
        return "nothing"
    if isinstance(value, dict):
        return "a section of `key: value` lines" if value else "empty braces"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, bool):
        return "yes (true)" if value else "no (false)"
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def is_number(value: Any) -> bool:
    """Whether it is a finite number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def quoted(value: Any) -> str | None:
    """The hint for text that YAML reads as a number or a truth value."""
    if isinstance(value, int | float):
        return "put it in quotes, as text"
    return None


def _looks_whole(value: Any) -> bool:
    return isinstance(value, str) and value.strip().isdigit()


def _range(low: float, high: float) -> str:
    if low == -math.inf and high == math.inf:
        return ""
    if high == math.inf:
        return f", at least {low:g}"
    return f" from {low:g} to {high:g}"


def _near(name: Any, known: Sequence[str]) -> str | None:
    near = nearest(str(name), known)
    return f"did you mean {near!r}?" if near else None
