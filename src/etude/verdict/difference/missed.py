"""Conditions of the bar, and gates on behaviour, that were met and are now missed for certain.

Looked at are the way that was recommended, then and now, and what is recommended now against it. A
condition that a change of the task made harder is no fault of the way; one that it made easier and that
is missed all the same is. Speeds of two machines, and costs made of them, say nothing of the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etude.records.candidate import Gate
from etude.records.difference import Difference, GateChange
from etude.verdict.conditions import condition, measured


def newly_missed(found: Difference) -> tuple[str, ...]:
    """A sentence's part for each, without a full stop."""
    before = found.verdict.old_recommended
    told: list[str] = []
    for candidate in found.candidates:
        if candidate.name == before and candidate.seen == "both":
            n = candidate.quality.new.n if candidate.quality else 0
            who = f"“{candidate.plain_name}”, which was recommended, met {{}}, and now"
            told += _told(who, candidate.gates, found, n)
    if found.verdict.new_recommended not in (None, before):
        n = found.recommended.new.n if found.recommended else 0
        who = "what was recommended met {}, and what is recommended now"
        told += _told(who, found.recommended_gates, found, n)
    return tuple(told)


def _told(who: str, gates: Iterable[GateChange], found: Difference, n: int) -> Iterator[str]:
    for change in gates:
        old, new = change.old, change.new
        if old is None or new is None or not _missed(old, new):
            continue
        if found.other_machine and change.by_speed:
            continue
        asked = condition(new, found.currency)
        value = measured(new, found.currency, n)
        yield f"{who.format(asked)} certainly does not ({value})"


def _missed(old: Gate, new: Gate) -> bool:
    return (old.state, new.state) == ("met", "not_met") and not _harder(old, new)


def _harder(old: Gate, new: Gate) -> bool:
    """Whether the limit itself asks more than before: quality is a minimum, the others maxima."""
    return new.limit > old.limit if new.name == "quality" else new.limit < old.limit
