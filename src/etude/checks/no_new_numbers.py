"""no-new-numbers: every number in the answer is also in the input, or in a passage shown with it.

Numbers are those written in digits; how they are grouped does not count (1,000 is 1000), nor do
those that number the items of a list. ``value`` names further columns that numbers may come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._numbers import numbers, parts, readings
from etude.checks._spec import Spec


def new_numbers(output: str, sources: Sequence[str]) -> list[str]:
    """The numbers of ``output``, as written, that are in none of ``sources``."""
    known: set[Decimal] = set()
    for number in (number for text in sources for number in numbers(text)):
        known.update(readings(number), *(readings(part) for part in parts(number)))
    fresh = [number for number in numbers(output, items=False) if not _given(number, known)]
    return list(dict.fromkeys(fresh))


def _given(number: str, known: set[Decimal]) -> bool:
    pieces = parts(number)
    if pieces and all(readings(piece) & known for piece in pieces):
        return True
    return bool(readings(number) & known)


def _compile(spec: Spec) -> Judge:
    columns = spec.names(required=False)

    def judge(subject: Subject) -> Outcome:
        named = (subject.column(name) for name in columns)
        sources = [subject.input, *subject.passages, *named]
        fresh = new_numbers(subject.output, sources)
        if fresh:
            said = ", ".join(fresh[:10])
            return Outcome(False, f"has numbers that were not given: {said}")
        return Outcome(True, "has no number that was not given")

    return judge


CHECK = CheckKind(
    key="no-new-numbers",
    summary="every number in the answer is also in the input",
    keys=("value",),
    compile=_compile,
)
