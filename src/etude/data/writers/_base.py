"""What a writer of a shape is."""

from __future__ import annotations

from typing import Any, Protocol

from etude.data.neutral import Example

Row = dict[str, Any]
"""JSON values by column, in the order in which they are written."""


class CantHold(Exception):  # caught and listed, never shown
    """A row that the shape can't hold at all, with the reason in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Writer(Protocol):
    """One shape that examples are written in. ``key`` is the module's name; ``title`` what people
    call it; ``lists`` its columns that hold lists of messages."""

    key: str
    title: str
    lists: tuple[str, ...]

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """The rows of an example: one, but for shapes that hold one answer a row.

        Args:
            example: as a reader made it.
            lost: gets the names (of ``LOSSES``) of what these rows don't hold of it.

        Raises:
            CantHold: nothing of use would be left.
        """
        ...
