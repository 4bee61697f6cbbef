"""Etude's own form: a YAML list of cases, each an ``input`` and what its answer must be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from etude.behaviour.demands import Demand
from etude.behaviour.own._parts import Reading
from etude.behaviour.own.written import Written
from etude.records.task import Kind
from etude.taskfile.nodes import Where
from etude.taskfile.words import shown

CASES = "cases"
"""What the list is called in places: ``cases[0].input``."""
KEYS = ("input", "expect", "hand_over", "checks", "suite", "description", "sensitive")
_SAME = ("assert",)
"""What promptfoo calls the checks; understood here too."""


def typed(kind: Kind) -> Callable[[Where], bool]:
    """Checks hold numbers and truth values, and so does the JSON that ``extract`` expects; everything
    else stays as it was written."""

    def is_typed(where: Where) -> bool:
        if len(where) > 2 and where[2] in ("checks", "assert"):
            return True
        return kind == "extract" and len(where) > 3 and where[2] == "expect"

    return is_typed


def read(reading: Reading) -> list[Written]:
    """Every case of the file; one that has faults is left out, and they are noted."""
    found = []
    for index, values in enumerate(reading.document.get(CASES)):
        before = len(reading.problems)
        case = _case(reading, values, (CASES, index))
        if case is not None and len(reading.problems) == before:
            found.append(case)
    return found


def _case(reading: Reading, values: Any, where: Where) -> Written | None:
    if not isinstance(values, dict):
        reading.fault(where, f"found {shown(values)}", "a case: `input: …` and `expect: …`")
        return None
    reading.unknown_keys(values, where, (*KEYS, *_SAME))
    if "input" not in values:
        reading.fault((*where, "input"), "is missing", "what is asked")
        return None
    asked = reading.asked(values["input"], (*where, "input"))
    demand = _demand(reading, values, asked, where)
    named = reading.text(values, "suite", where)
    usual = PurePosixPath(reading.file).stem
    suite = reading.suite(named, (*where, "suite") if named else where, usual)
    sensitive = bool(reading.yes(values, "sensitive", where))
    if asked is None:
        return None
    return Written(reading.file, reading.line(where), suite, asked, demand, sensitive)


def _demand(reading: Reading, values: dict[str, Any], asked: Any, where: Where) -> Demand:
    expect = reading.expected(values.get("expect"), (*where, "expect"))
    hand_over = reading.yes(values, "hand_over", where)
    both = [name for name in ("checks", "assert") if values.get(name) is not None]
    if len(both) == 2:
        reading.fault((*where, "assert"), "is another name for checks", "one of the two")
    key = both[0] if both else "checks"
    specs = values.get(key) or []
    if not isinstance(specs, list):
        reading.fault((*where, key), f"found {shown(specs)}", "a list of `{type: …, value: …}`")
        specs = []
    fields = _fields(reading, asked)
    places = [(*where, key, index) for index in range(len(specs))]
    checks = reading.checks(specs, places, _columns(reading, fields))
    nothing = values.get("expect") is None and values.get("hand_over") is None
    if nothing and not values.get(key):
        reading.fault(where, "says nothing about the answer", "expect, hand_over or checks")
    note = reading.text(values, "description", where) or ""
    return Demand(expect, hand_over, checks, (1.0,) * len(checks), None, fields, note)


def _fields(reading: Reading, asked: Any) -> dict[str, str]:
    """The columns that checks may name: those written, or the one that a text stands for."""
    needed = reading.around.needed
    if isinstance(asked, str):
        return {needed[0]: asked} if len(needed) == 1 else {}
    return {**dict.fromkeys(needed, ""), **asked} if asked else {}


def _columns(reading: Reading, fields: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*reading.around.needed, *fields)))
