"""What a shape of examples is: how it is told from others, and how one row is read.

A shape knows the cells of its own columns; tables, kinds and splits are for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from etude.data.conversations import Turn
from etude.data.names import plain
from etude.data.neutral import Example

Cells = Mapping[str, str | None]
"""A row's cells by plain column name (``names.plain``); None where a cell is absent."""

FaultName = Literal[
    "data_type",
    "missing_messages_list",
    "message_missing_key",
    "message_unrecognized_key",
    "unrecognized_role",
    "missing_content",
    "example_missing_assistant_message",
]
"""The names that people know from OpenAI's check of fine-tuning files."""


class Unusable(Exception):  # caught and listed, never shown
    """A row that can't be an example, with the reason in plain words."""

    def __init__(self, reason: str, fault: FaultName | None = None) -> None:
        super().__init__(reason)
        self.reason = f"{reason} ({fault})" if fault else reason
        self.fault = fault


@dataclass(frozen=True)
class Look:
    """What a shape is told by: plain column names, the cells of the first rows, and whether rows
    need an answer (``labelled``)."""

    columns: frozenset[str]
    head: tuple[Cells, ...]
    labelled: bool

    def has(self, *names: str) -> bool:
        """Whether all these columns are there."""
        return self.columns.issuperset(names)

    def lists(self, name: str) -> bool:
        """Whether a cell of the column, in the first rows, is a JSON list of objects."""
        return any(is_list(row.get(name)) for row in self.head)


def is_list(cell: str | None) -> bool:
    """Whether a cell looks like a JSON list of objects, as lists of messages are."""
    if cell is None or not (stripped := cell.strip()).startswith("["):
        return False
    return stripped[1:].lstrip().startswith("{") and stripped.endswith("]")


@dataclass(frozen=True)
class Exchange:
    """What is asked, and the answer ("" where there is none to learn from).

    ``signs``: what is worth counting over all rows (keys of ``_told.SIGNS``). ``whole``: the input
    as JSON text where it holds more than words (calls of tools, pictures), else "".
    """

    asked: tuple[Turn, ...]
    answer: str
    signs: frozenset[str] = frozenset()
    whole: str = ""


@dataclass(frozen=True)
class Choice:
    """What is asked, and two answers, one of which is preferred."""

    asked: tuple[Turn, ...]
    chosen: str
    rejected: str


@dataclass(frozen=True)
class Verdict:
    """What is asked, and one answer that was liked or not."""

    asked: tuple[Turn, ...]
    answer: str
    liked: bool


@dataclass(frozen=True)
class Refusal:
    """Why a shape can't be learned from, what would do, and what to change."""

    found: str
    expected: str
    hint: str


class Shape(Protocol):
    """One shape of examples. ``key`` is the module's name.

    ``title`` is what people call it; ``rank`` orders the shapes that a table could have (the least
    is taken); ``reads`` are the plain names of the columns that it reads; ``keeps`` those of them
    that stay as columns, for checks to name. ``refusal`` is set where nothing can be learned from
    the shape.
    """

    key: str
    title: str
    rank: int
    reads: tuple[str, ...]
    keeps: tuple[str, ...]
    refusal: Refusal | None

    def matches(self, look: Look) -> bool:
        """Whether a table has this shape."""
        ...

    def reason(self, look: Look) -> str:
        """What a table that has it is told by, as it stands after "it has"."""
        ...

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """One row, its texts as they are written.

        Args:
            cells: the row.
            labelled: the row needs an answer.

        Raises:
            Unusable: the row is at fault.
        """
        ...


def plain_columns(columns: Sequence[str]) -> dict[str, str]:
    """Plain name to column, the first of several."""
    names: dict[str, str] = {}
    for column in columns:
        names.setdefault(plain(column), column)
    return names
