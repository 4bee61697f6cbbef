"""A text as recognisers read it: of the same length, so that their places hold for the text itself.

In a JSON text (of kind ``extract``, or messages of kind ``chat``) escapes become what they mean,
padded to their length, and every place stays within one string or one number, so that a redaction
is JSON again. Tags of an earlier redaction are hidden.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

TAG = re.compile(r"\[[A-Z][A-Z_]{1,30}_\d{1,6}\]")
HIDDEN = "\ue000"
"""Stands for every character of a tag; no place holds one."""
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_ESCAPE = re.compile(r'\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt])')


class Literal(NamedTuple):
    """A string or number of a JSON text, its quotes among the characters."""

    start: int
    end: int
    string: bool


@dataclass(frozen=True)
class View:
    """``text`` has the length of what it was made from; ``literals`` and ``escapes`` (first to last
    character) are empty unless that is JSON."""

    text: str
    literals: tuple[Literal, ...] = ()
    escapes: tuple[tuple[int, int], ...] = ()
    _starts: list[int] = field(default_factory=list)

    def within(self, start: int, end: int) -> tuple[int, int, bool] | None:
        """A place that can be replaced: of a JSON text whole escapes in one string, or a whole number
        (then the last is True: what stands for it needs quotes). None: there is none."""
        if HIDDEN in self.text[start:end]:
            return None
        if not self.literals:
            return start, end, False
        at = bisect_right(self._starts, start) - 1
        if at < 0 or self.literals[at].end < end:
            return None
        literal = self.literals[at]
        if not literal.string:
            return literal.start, literal.end, True
        for first, last in self.escapes:
            if first < start < last:
                start = first
            if first < end < last:
                end = last
        return (start, end, False) if literal.start < start and end < literal.end else None


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or list."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def view_of(text: str) -> View:
    """How recognisers read this text."""
    plain = text
    literals: tuple[Literal, ...] = ()
    escapes: tuple[tuple[int, int], ...] = ()
    if is_json(text):
        literals = tuple(Literal(*m.span(), m.group()[0] == '"') for m in _LITERAL.finditer(text))
        if "\\" in text:
            escapes = tuple(m.span() for m in _ESCAPE.finditer(text))
            plain = _ESCAPE.sub(_meant, text)
    if "[" in plain:
        plain = TAG.sub(lambda match: HIDDEN * len(match.group()), plain)
    return View(plain, literals, escapes, [literal.start for literal in literals])


def _meant(match: re.Match[str]) -> str:
    """What an escape means, padded to its length: a letter is repeated, so that words stay words."""
    found = match.group()
    if found == "\\\\":
        return found
    meant = str(json.loads(f'"{found}"'))
    if meant.isalnum():
        return meant * len(found)
    return " " * (len(found) - 1) + (meant if meant in '\n"' else " ")
