"""Notes of a candidate: what every part of a cross-fitting says alike is said once."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def merged(notes: Sequence[str]) -> tuple[str, ...]:
    """Notes that differ in their numbers alone as one, with the least and the most of each:
    ``with only 13 to 15 examples to choose on``."""
    alike: dict[str, list[str]] = {}
    for note in notes:
        alike.setdefault(_NUMBER.sub("#", note), []).append(note)
    return tuple(_one(same) for same in alike.values())


def _one(same: Sequence[str]) -> str:
    columns = zip(*(_NUMBER.findall(note) for note in same), strict=True)
    spans = iter([_span(set(column)) for column in columns])
    return _NUMBER.sub(lambda _: next(spans), same[0])


def _span(numbers: set[str]) -> str:
    ordered = sorted(numbers, key=lambda text: float(text.replace(",", "")))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"
