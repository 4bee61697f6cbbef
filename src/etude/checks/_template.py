"""Text with ``{{column}}`` placeholders, filled from one example's columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from etude.checks._base import Subject

_HOLE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)


@dataclass(frozen=True)
class Template:
    """``parts`` are in turn plain text and columns' names, beginning and ending with text."""

    written: str
    parts: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, in order."""
        return self.parts[1::2]

    def fill(self, subject: Subject, inserted: Callable[[str], str] = str) -> str:
        """The text for one example.

        Args:
            subject: what the columns are read from.
            inserted: what is done to each column's value before it is put in.

        Raises:
            DataError: a column is not there.
        """
        return "".join(
            inserted(subject.column(part)) if index % 2 else part
            for index, part in enumerate(self.parts)
        )


def template(written: str) -> Template:
    """Read ``written``.

    Raises:
        ValueError: a placeholder is never closed or has no name; the message is what was found.
    """
    parts = tuple(_HOLE.split(written))
    if any("{{" in text for text in parts[::2]):
        raise ValueError("a placeholder that is never closed")
    if not all(parts[1::2]):
        raise ValueError("a placeholder without a column's name")
    return Template(written, parts)
