"""promptfoo's form: ``tests`` with ``vars`` and ``assert``, and what ``defaultTest`` adds to each.

Prompts and providers are what Etude puts in their place, so they are not read; neither is anything
else of the file but its tests. What a test may hold in promptfoo and is not known here is refused
by name. ``metric`` of an assertion names a line in promptfoo's own reports and says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from etude.behaviour.demands import Demand
from etude.behaviour.own._parts import Reading
from etude.behaviour.own.written import Written
from etude.checks import Check
from etude.taskfile.nodes import Where
from etude.taskfile.words import listed, shown

TESTS, DEFAULT = "tests", "defaultTest"
KEYS = ("vars", "assert", "threshold", "metadata", "description")
_PLAIN_INPUT = "input"
_HOLE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
"""What promptfoo would put something in the place of."""


def typed(where: Where) -> bool:
    """Assertions and thresholds hold numbers; variables stay as they were written."""
    return "assert" in where or where[-1] == "threshold"


@dataclass(frozen=True)
class _Test:
    """A test, or what all tests share, as far as it could be read."""

    given: dict[str, str]
    checks: tuple[Check, ...]
    weights: tuple[float, ...]
    threshold: float | None
    suite: str | None
    sensitive: bool
    note: str


def read(reading: Reading) -> list[Written]:
    """Every test of the file; one that has faults is left out, and they are noted."""
    tests = reading.document.get(TESTS)
    if not isinstance(tests, list):
        hint = "write the tests into this file" if isinstance(tests, str) else None
        reading.fault((TESTS,), f"found {shown(tests)}", "a list of tests", hint)
        return []
    if reading.document.get("scenarios") is not None:
        reading.fault(("scenarios",), "scenarios are not read", "tests")
    columns = _columns(reading, tests)
    written = reading.document.get(DEFAULT)
    shared = _test(reading, {} if written is None else written, (DEFAULT,), columns)
    found = []
    for index, values in enumerate(tests):
        before = len(reading.problems)
        where: Where = (TESTS, index)
        if not isinstance(values, dict):
            _refuse(reading, values, where)
            continue
        case = _case(reading, shared, _test(reading, values, where, columns), where)
        if case is not None and len(reading.problems) == before:
            found.append(case)
    return found


def _columns(reading: Reading, tests: list[Any]) -> tuple[str, ...]:
    """Names that assertions may use: the task's columns, and every variable of any test."""
    groups = [one.get("vars") for one in (*tests, reading.document.get(DEFAULT)) if _is(one)]
    names = [name for group in groups if _is(group) for name in group]
    return tuple(dict.fromkeys((*reading.around.columns, *names)))


def _is(value: Any) -> bool:
    return isinstance(value, dict)


def _case(reading: Reading, shared: _Test, own: _Test, where: Where) -> Written | None:
    given = {**shared.given, **own.given}
    asked = _asked(reading, given, where)
    if not own.weights and not shared.weights and not reading.document.get(*where, "assert"):
        reading.fault(where, "says nothing about the answer", "assert")
    named = own.suite or shared.suite
    place = (*where, "metadata", "suite") if own.suite else where
    suite = reading.suite(named, place, PurePosixPath(reading.file).stem)
    checks = (*shared.checks, *own.checks)
    weights = (*shared.weights, *own.weights)
    if asked is None or len(checks) != len(weights):
        return None
    threshold = shared.threshold if own.threshold is None else own.threshold
    read_by = [name for check in checks for name in check.columns]
    fields = {**dict.fromkeys(read_by, ""), **given}
    demand = Demand(None, None, checks, weights, threshold, fields, own.note)
    sensitive = own.sensitive or shared.sensitive
    return Written(reading.file, reading.line(where), suite, asked, demand, sensitive)


def _test(reading: Reading, values: Any, where: Where, columns: tuple[str, ...]) -> _Test:
    """What stands in a test; every key that is not read is refused by name."""
    if not isinstance(values, dict):
        _refuse(reading, values, where)
        values = {}
    reading.unknown_keys(values, where, KEYS)
    meta = values.get("metadata") or {}
    if not isinstance(meta, dict):
        reading.fault((*where, "metadata"), f"found {shown(meta)}", "`name: text` lines")
        meta = {}
    specs = values.get("assert") or []
    if not isinstance(specs, list):
        reading.fault((*where, "assert"), f"found {shown(specs)}", "a list of assertions")
        specs = []
    places: list[Where] = [(*where, "assert", index) for index in range(len(specs))]
    return _Test(
        given=_vars(reading, values, where),
        checks=reading.checks([_bare(spec) for spec in specs], places, columns),
        weights=tuple(
            _weight(reading, spec, place) for spec, place in zip(specs, places, strict=True)
        ),
        threshold=_threshold(reading, values, where),
        suite=reading.text(meta, "suite", (*where, "metadata")),
        sensitive=bool(reading.yes(meta, "sensitive", (*where, "metadata"))),
        note=reading.text(values, "description", where) or "",
    )


def _refuse(reading: Reading, values: Any, where: Where) -> None:
    hint = "write it into this file" if isinstance(values, str) else None
    reading.fault(where, f"found {shown(values)}", "a test with vars and assert", hint)


def _vars(reading: Reading, values: Mapping[str, Any], where: Where) -> dict[str, str]:
    given = values.get("vars") or {}
    if not isinstance(given, dict):
        hint = "write the variables into this file" if isinstance(given, str) else None
        reading.fault((*where, "vars"), f"found {shown(given)}", "`name: text` lines", hint)
        return {}
    found = {}
    for name, value in given.items():
        place = (*where, "vars", name)
        if isinstance(value, list):
            reading.fault(place, "lists of values are not read", "one text; a test for each value")
        elif value is not None and not isinstance(value, str):
            reading.fault(place, f"found {shown(value)}", "text")
        elif isinstance(value, str) and value.startswith("file://"):
            reading.fault(place, f"found {shown(value)}", "the text itself: files are not read")
        elif isinstance(value, str) and (hole := _HOLE.search(value)):
            told = f"holds {hole.group()}, which is not filled in here"
            reading.fault(place, told, "the text as it is asked")
        else:
            found[name] = value or ""
    return found


def _asked(reading: Reading, given: dict[str, str], where: Where) -> str | dict[str, str] | None:
    """The input: the variables called as the task's columns, ``input``, or the only one there is."""
    around = reading.around
    named = {name: text for name, text in given.items() if name in around.columns}
    if any(name in named for name in around.needed):
        return named
    if _PLAIN_INPUT in given:
        return given[_PLAIN_INPUT]
    if len(given) == 1 and len(around.needed) == 1:
        return next(iter(given.values()))
    found = f"no variable is the task's input: found {listed(list(given)) or 'none'}"
    reading.fault((*where, "vars"), found, f"{listed(around.needed)}, or `input`")
    return None


def _bare(spec: Any) -> Any:
    """An assertion without what belongs to the test."""
    if not isinstance(spec, dict):
        return spec
    return {key: value for key, value in spec.items() if key not in ("weight", "metric")}


def _weight(reading: Reading, spec: Any, where: Where) -> float:
    weight = spec.get("weight", 1) if isinstance(spec, dict) else 1
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight >= 0:
        reading.fault((*where, "weight"), f"found {shown(weight)}", "a number from 0 on")
        return 1.0
    return float(weight)


def _threshold(reading: Reading, values: Mapping[str, Any], where: Where) -> float | None:
    value = values.get("threshold")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        reading.fault((*where, "threshold"), f"found {shown(value)}", "a share from 0 to 1")
        return None
    return float(value)
