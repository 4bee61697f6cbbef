"""One answer as suites see it, and when two answers say the same. It knows no suite and no rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from etude.jsonshape.reading import NotJson, read_json, same_json


class CannotTell(Exception):
    """Raised by a rule that an answer gives nothing to go by; the case is not counted."""


@dataclass(frozen=True)
class Reply:
    """One answer: ``output`` None is a failure; ``score`` is how sure (NaN: unknown); ``faults`` names
    the task's checks that it fails; ``passages`` what was looked up for it; ``handed`` whether it does
    not go out without a person (None: nobody knows, as of a model that was not compared);
    ``by_threshold`` whether a threshold tells which are too unsure."""

    output: str | None
    score: float = math.nan
    faults: frozenset[str] = frozenset()
    passages: tuple[str, ...] = ()
    handed: bool | None = None
    by_threshold: bool = False


def same_form(one: str, other: str) -> bool:
    """Whether two JSON texts hold the same, letter case and white space aside."""
    try:
        return same_json(_plain(read_json(one)), _plain(read_json(other)))
    except NotJson:
        return one.split() == other.split()


def _plain(value: Any) -> Any:
    """Without what letter case and white space add."""
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
