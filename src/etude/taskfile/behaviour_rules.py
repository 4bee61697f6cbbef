"""The rules for ``behaviour``: suites that are there, and shares that can be shown.

The files with a team's own cases are read when they are tried, by ``etude.behaviour.own``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etude.errors import Problem
from etude.registry import Registry
from etude.taskfile.nodes import Document
from etude.taskfile.words import did_you_mean, listed, shown

_SHARE = "a share above 0 and below 1, such as 0.02"


def suite_names() -> list[str]:
    """The suites that come with Etude, without importing one."""
    return Registry("etude.behaviour.suites", "SUITE", "suite").names()


def check(document: Document) -> list[Problem]:
    """Every rule about the section that is broken."""
    # With cases of one's own, their suites may have any name.
    known = None if document.get("behaviour", "cases") else suite_names()
    gates, left = document.get("behaviour", "gates"), document.get("behaviour", "leave_out")
    problems = []
    if isinstance(gates, dict):
        problems += [
            one for name, share in gates.items() for one in _gate(name, share, known, document)
        ]
    if isinstance(left, dict):
        problems += [one for name in left for one in _left(name, known, document)]
    return problems


def _left(name: str, known: list[str] | None, document: Document) -> Iterator[Problem]:
    """What speaks against leaving a suite out."""
    where = ("behaviour", "leave_out", name)
    if known is not None and name not in known:
        near = did_you_mean(name, known)
        yield document.problem(where, f"there is no suite {shown(name)}", listed(known), near)
    elif document.get(*where) is None:
        yield document.problem(
            where, "is left out without a reason", "why it does not fit the task"
        )
    elif document.get("behaviour", "gates", name) is not None:
        yield document.problem(where, "has a gate and is left out", "one of the two")
    elif name == "boundaries" and document.get("stakes") == "high":
        hint = "while stakes are high, what must go to a person is tried"
        yield document.problem(where, "can't be left out", None, hint)


def _gate(name: str, share: Any, known: list[str] | None, document: Document) -> Iterator[Problem]:
    where = ("behaviour", "gates", name)
    if known is not None and name not in known:
        yield document.problem(
            where, f"there is no suite {shown(name)}", listed(known), did_you_mean(name, known)
        )
        return
    try:
        number = float(share)
    except (TypeError, ValueError):
        percent = str(share).strip().removesuffix("%").strip()
        hint = f"write {float(percent) / 100:g}" if percent.replace(".", "", 1).isdigit() else None
        yield document.problem(where, f"found {shown(share)}", _SHARE, hint)
        return
    if number == 0:
        yield document.problem(
            where,
            "found 0, which no number of cases can show",
            _SHARE,
            "with none of n failing, up to 3/n may still fail: 0.02 takes 150 cases",
        )
    elif not 0 < number < 1:
        hint = f"{number:g} % is written {number / 100:g}" if 1 <= number < 100 else None
        yield document.problem(where, f"found {shown(share)}", _SHARE, hint)
