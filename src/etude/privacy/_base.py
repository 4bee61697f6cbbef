"""What a recogniser is: it finds one sort of personal data or secret in a text, with its place.

A recogniser is one file in ``recognisers`` with ``RECOGNISER: Recogniser``. It knows one text at a
time and nothing of rows, files or findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Sort:
    """What is found. ``tag`` stands in a redaction: ``EMAIL`` gives ``[EMAIL_1]``.

    ``topics``: words that, in the name of a field or label, say that a task is about it.
    ``spread``: characters that a value needs for its other occurrences in the same row to count too.
    """

    tag: str
    noun: str
    plural: str
    topics: frozenset[str] = frozenset()
    secret: bool = False
    spread: int = 6


class Place(NamedTuple):
    """Where a recogniser found something: characters, how sure (0.5 to 1), what it is in words
    ("" where the recogniser's title says it)."""

    start: int
    end: int
    certainty: float
    title: str = ""


class Span(NamedTuple):
    """A place in a text with what stands there; ``start`` and ``end`` count characters."""

    start: int
    end: int
    sort: Sort
    title: str
    certainty: float


@dataclass(frozen=True)
class Recogniser:
    """Finds one sort of data.

    ``sieves``: regular expressions in what Rust's and Python's have in common (no look-around; no
    word boundaries, which make Rust's slow on text that is not ASCII); a text is read by ``find``
    only where all of them match somewhere. Equal sieves are run once for all recognisers.
    ``find``: a text to places; places of one recogniser may overlap.
    """

    sort: Sort
    title: str
    sieves: tuple[str, ...]
    find: Callable[[str], Iterable[Place]]
