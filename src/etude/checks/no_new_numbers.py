"""no-new-numbers: every number in the answer is also in the input.

Numbers are those written in digits; how they are grouped does not count (1,000 is 1000), nor do
those that number the items of a list. ``value`` names further columns that numbers may come from.
"""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._numbers import numbers, parts, readings
from etude.checks._spec import Spec


def new_numbers(output: str, sources: list[str]) -> list[str]:
    """The numbers of ``output``, as written, that are in none of ``sources``."""
    known = {reading for text in sources for number in numbers(text) for reading in _all(number)}
    fresh = []
    for number in numbers(output, items=False):
        whole = readings(number) & known
        pieces = all(readings(part) & known for part in parts(number))
        if not whole and not (_has_spaces(number) and pieces):
            fresh.append(number)
    return list(dict.fromkeys(fresh))


def _all(number: str) -> set[object]:
    found: set[object] = set(readings(number))
    if _has_spaces(number) or number.count(".") > 1:  # two numbers side by side, or a date
        found.update(reading for part in parts(number) for reading in readings(part))
    return found


def _has_spaces(number: str) -> bool:
    return any(character.isspace() for character in number) or number.count(".") > 1


def _compile(spec: Spec) -> Judge:
    columns = spec.names(required=False)

    def judge(subject: Subject) -> Outcome:
        sources = [subject.input, *(subject.column(name) for name in columns)]
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
