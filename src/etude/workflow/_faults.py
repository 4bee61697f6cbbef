"""Which findings stand against using the examples as they are, and how long it takes to look through
them."""

from __future__ import annotations

from collections.abc import Iterable

from etude.audit._summary import Item

CHANGING, UNGIVEN = "stale_facts", "unsupported_facts"
ELSEWHERE = frozenset({CHANGING, UNGIVEN})
"""Audits whose findings are no faults to clean: they say that facts come from elsewhere."""


def faults(items: Iterable[Item]) -> list[Item]:
    """Findings that stand against using the examples as they are."""
    return [item for item in items if _is_fault(item)]


def minutes_of(items: Iterable[Item]) -> float:
    """A person's, to look through these."""
    return sum(item.finding.minutes or 0.0 for item in items)


def _is_fault(item: Item) -> bool:
    serious = item.finding.severity == "error" or (item.serious and item.one_by_one)
    return serious and item.finding.audit not in ELSEWHERE
