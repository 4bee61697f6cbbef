"""What people who compared answers blind bear on a verdict, in words: what they said, what is left.

It knows records only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from etude.records.judgement import ContestRow, PeopleReport

REVIEW_BLIND = "etude review --blind"


def command(people: PeopleReport) -> str:
    """What to type to compare more."""
    return f"{REVIEW_BLIND} --show-holdout" if people.aside else REVIEW_BLIND


def lines(people: PeopleReport, called: Mapping[str, str]) -> tuple[str, ...]:
    """What was said of every two ways, and which ways are not in the verdict for want of it.

    ``called``: what a sentence calls each candidate.
    """
    told = [
        _said(row, called)
        for row in people.rows
        if row.n and row.candidate in called and row.against in called
    ]
    missing = [words for name, words in called.items() if name not in people.judged]
    if people.judged and missing:
        told.append(
            f"People have not compared enough answers of {', '.join(missing)} with those of "
            f"{called[people.baseline]}: not in this verdict."
        )
    return tuple(told)


def _said(row: ContestRow, called: Mapping[str, str]) -> str:
    asked = row.n - row.identical
    same = f"{row.same:,} the same"
    if row.identical:
        same += f" ({row.identical:,} letter for letter)"
    left = f"; {row.left:,} pairs left" if row.left else ""
    return (
        f"{called[row.candidate]} against {called[row.against]}, compared blind on {row.n:,} inputs "
        f"({asked:,} pairs of different answers): {row.better:,} better, {same}, {row.worse:,} "
        f"worse{left}."
    )


def what_settles(people: PeopleReport, more: float | None, rounded: str) -> str:
    """How many pairs more would likely settle it. ``rounded``: the number as a planning figure."""
    left = people.left
    pairs = f"{left:,} pairs are left" if left != 1 else "1 pair is left"
    if more is None or math.isinf(more):
        return f"more pairs alone may not settle it, so near are they ({pairs} to judge)"
    if more > left:
        return (
            f"about {rounded} more judged pairs would likely settle it, and {pairs}: it takes more "
            "examples"
        )
    return f"about {rounded} more judged pairs would likely settle it ({pairs}: {command(people)})"
