"""Canaries: made-up secrets in the form of the task's own rows, to see whether training on rows lets
them out again (Carlini et al. 2019, "The Secret Sharer", USENIX Security).

Some are planted once, some several times, as many never: what a model makes of those is chance. It
makes rows and knows nothing of models or folders.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from etude.data.conversations import beyond_words
from etude.data.examples import Examples
from etude.jsonshape.reading import NotJson, read_json
from etude.records.task import FREE, Kind

TIMES = (1, 4)
"""How often a planted secret stands in the rows."""
FEWEST, ROWS_EACH, MOST = 40, 40, 8
"""Rows from which on secrets are planted; rows for each secret of a sort; most secrets of a sort."""
OTHERS = 255
"""Secrets of the same form that each is ranked among."""
_FIRST = ("Ada", "Bruno", "Chloe", "Dario", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas")
_LAST = (
    "Abbott",
    "Brandt",
    "Castell",
    "Dorn",
    "Eklund",
    "Ferro",
    "Grieve",
    "Holm",
    "Ivers",
    "Jaro",
)
_TIED = ("enum", "const", "pattern", "format", "maxLength", "$ref", "anyOf", "oneOf", "allOf")


class NoCanary(Exception):
    """The examples can hold no secret; the message says why."""


@dataclass(frozen=True)
class Canary:
    """One secret in a row: the ideal answer is ``before``, the secret, ``after``.

    ``times``: how often it was planted, 0 for never. ``others``: secrets that it might have been.
    """

    source: str
    input: str
    before: str
    secret: str
    after: str
    times: int
    others: tuple[str, ...]

    def answer(self, secret: str) -> str:
        """The ideal answer with this secret in it."""
        return f"{self.before}{secret}{self.after}"


@dataclass(frozen=True)
class Planted:
    """``examples``: a copy with the secrets in it. ``canaries``: planted ones, then the others."""

    examples: Examples
    canaries: tuple[Canary, ...]


def plant(examples: Examples, kind: Kind, schema: Mapping[str, Any] | None, seed: int) -> Planted:
    """A copy of the examples in which some rows hold a secret.

    A row with a secret stands in the place of the row that it was made from; rows of secrets that
    are never planted are left out, so that no canary's input has another answer.

    Raises:
        NoCanary: the rows are too few, or their form has no place for a secret.
    """
    if len(examples) < FEWEST:
        raise NoCanary(f"there are {len(examples)} examples, and it takes {FEWEST}")
    chance = Random(f"{seed}/canaries")  # noqa: S311 - no secret of anybody's
    each = max(2, min(MOST, len(examples) // ROWS_EACH))
    times = [count for count in (*TIMES, *(0,) * len(TIMES)) for _ in range(each)]
    found = list[tuple[int, Canary]]()
    for row in _shorter_half(examples, chance):
        place = _place(examples.targets[row], kind, schema, chance)
        if place is not None and len(found) < len(times):
            found.append((row, _canary(examples, row, place, times[len(found)], chance)))
    if len(found) < len(times):
        raise NoCanary("too few of its answers have a place for one (a text of free form)")
    return Planted(_copy(examples, found), tuple(canary for _, canary in found))


def _shorter_half(examples: Examples, chance: Random) -> list[int]:
    """Rows by chance, of the half whose texts are shorter: those surely fit a model's window."""
    lengths = [len(a) + len(b) for a, b in zip(examples.inputs, examples.targets, strict=True)]
    rows = sorted(range(len(examples)), key=lambda row: (lengths[row], row))
    half = rows[: (len(rows) + 1) // 2]
    chance.shuffle(half)
    return half


def _canary(
    examples: Examples, row: int, place: tuple[str, str], times: int, chance: Random
) -> Canary:
    secrets = [f"{number:06d}" for number in chance.sample(range(1_000_000), OTHERS + 1)]
    secret, *others = (f"{number[:3]}-{number[3:]}" for number in secrets)
    name, text = examples.ids[row], examples.inputs[row]
    return Canary(name, text, place[0], secret, place[1], times, tuple(others))


def _place(
    target: str, kind: Kind, schema: Mapping[str, Any] | None, chance: Random
) -> tuple[str, str] | None:
    """What stands before and after the secret in an answer; None where there is no place for it."""
    if kind in FREE:
        if kind == "chat" and beyond_words(target):
            return None
        who = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        between = "\n\n" if "\n" in target.strip() else " "
        return f"{target.rstrip()}{between}The code of {who} is ", "."
    return _field(target, schema or {}, chance)


def _field(target: str, schema: Mapping[str, Any], chance: Random) -> tuple[str, str] | None:
    """Around the value of a field that may hold any text."""
    try:
        record = read_json(target)
    except NotJson:
        return None
    free = [
        name
        for name, shape in schema.get("properties", {}).items()
        if _holds_any_text(shape) and isinstance(record, dict) and record.get(name)
    ]
    if not free:
        return None
    mark = "\x00"
    record[chance.choice(free)] = mark
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    before, _, after = text.partition(json.dumps(mark)[1:-1])
    return before, after


def _holds_any_text(shape: Any) -> bool:
    if not isinstance(shape, dict) or any(key in shape for key in _TIED):
        return False
    kind = shape.get("type")
    return kind == "string" or (isinstance(kind, list) and "string" in kind)


def _copy(examples: Examples, found: Sequence[tuple[int, Canary]]) -> Examples:
    """The rows with each canary in the place of its own, and once more for every further time."""
    own = dict(found)
    rows = [row for row in range(len(examples)) if row not in own or own[row].times]
    again = [row for row, canary in found for _ in range(canary.times - 1)]
    picked = examples.take([*rows, *again])
    targets = [
        own[row].answer(own[row].secret) if row in own else examples.targets[row]
        for row in (*rows, *again)
    ]
    ids = [f"{name}#{place}" for place, name in enumerate(picked.ids)]
    return Examples(tuple(ids), picked.inputs, tuple(targets), np.arange(len(ids)), picked.columns)
