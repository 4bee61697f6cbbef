"""Starter checks, guessed from the ideal answers: each is kept only if every one of them passes it.

They are guesses for a person to change: what all examples share may be chance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etude.checks import compile_checks, run_checks
from etude.checks._base import Subject

SHORTEST = 4
"""Characters, without spaces, of a beginning or an end that is worth a check."""
MOST_PARTS = 10
ROOM = 1.2
"""The longest ideal answer may be passed by so much."""
_PART = re.compile(r"^[ \t]*([^\W\d_][\w ,'’-]{1,40}:|#{1,4} \S.{0,60}$)", re.MULTILINE)


def starter_checks(subjects: Sequence[Subject], inputs: Sequence[str]) -> list[dict[str, Any]]:
    """Checks that all ``subjects`` (whose output is the ideal answer) pass.

    Args:
        subjects: the examples; at least one.
        inputs: the columns that are read.
    """
    outputs = [subject.output for subject in subjects]
    proposed = [
        *_ends(outputs),
        *_parts(outputs),
        *_copied(subjects, inputs),
        *_limits(outputs),
        {"type": "no-new-numbers"},
    ]
    return [check for check in proposed if _holds(check, subjects)]


def _holds(check: Mapping[str, Any], subjects: Sequence[Subject]) -> bool:
    table = run_checks(compile_checks([check], None), list(subjects))
    return bool((table.passed_NC != 0).all())


def _ends(outputs: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What all begin with, and what all end with; whole words."""
    if len(set(outputs)) < 2:
        return
    first = _shared(outputs)
    first = first if first.endswith(":") else first[: first.rfind(" ") + 1].rstrip()
    if len(first.replace(" ", "")) >= SHORTEST:
        yield {"type": "starts-with", "value": _safe(first)}
    last = _shared([text.rstrip()[::-1] for text in outputs])[::-1]
    last = last[last.find("\n") + 1 :] if "\n" in last else last[last.find(" ") + 1 :]
    if len(last.replace(" ", "")) >= SHORTEST and " " in last.strip():
        yield {"type": "ends-with", "value": _safe(last.strip())}


def _shared(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    low, high = min(texts), max(texts)
    place = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:place]


def _parts(outputs: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Headings that every answer has, in the order of the first."""
    found = [list(dict.fromkeys(_PART.findall(text))) for text in outputs]
    shared = [part for part in found[0] if all(part in parts for parts in found)][:MOST_PARTS]
    if len(shared) >= 2:
        yield {"type": "sections", "value": [_safe(part) for part in shared]}


def _copied(subjects: Sequence[Subject], inputs: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Columns whose values stand in every answer letter for letter."""
    names = []
    for name in inputs:
        pairs = [(s.fields.get(name, "").strip(), s.output) for s in subjects]
        filled = [(value, text) for value, text in pairs if value]
        telling = len({value for value, _ in filled}) > 1 and all(len(v) > 1 for v, _ in filled)
        if telling and 2 * len(filled) >= len(pairs) and all(v in text for v, text in filled):
            names.append(name)
    if names:
        yield {"type": "copies", "value": names}


def _limits(outputs: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Lines where all have as many; words, rounded up."""
    lines = {len(text.splitlines()) for text in outputs}
    if len(lines) == 1 and lines != {1}:
        yield {"type": "line-count", "value": lines.pop()}
    longest = ROOM * max(len(text.split()) for text in outputs)
    step = 5 if longest < 50 else 10 if longest < 200 else 50
    yield {"type": "word-count", "value": {"max": max(5, step * math.ceil(longest / step))}}


def _safe(text: str) -> str:
    """A text that holds no placeholder."""
    return text.replace("{{", "{ {")
