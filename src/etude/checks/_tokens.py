"""The words of a ``when`` condition: names, texts in quotes, numbers, comparisons, brackets.

It knows characters and nothing of what a condition means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Sort = Literal["name", "text", "number", "word", "sign", "end"]
KEYWORDS = ("and", "or", "not", "in", "contains")

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*")
    | \{\{\s*(?P<column>[^{}]*?)\s*\}\}
    | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?![\w.]))
    | (?P<name>[^\W\d][\w.\-]*)
    | (?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
    )""",
    re.VERBOSE | re.DOTALL,
)
_INSTEAD = {
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "\N{LEFT SINGLE QUOTATION MARK}": "straight quotes '…'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "straight quotes '…'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "straight quotes '…'",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "straight quotes '…'",
    "\N{NOT EQUAL TO}": "!=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
    "\N{GREATER-THAN OR EQUAL TO}": ">=",
}


@dataclass(frozen=True)
class Token:
    """``at`` counts characters from 1; ``value`` is a text without its quotes, a name, a sign."""

    sort: Sort
    value: str
    at: int

    def __str__(self) -> str:
        if self.sort == "end":
            return "the end"
        return repr(self.value)


class ConditionFault(ValueError):
    """A condition that can't be read, with the place."""

    def __init__(
        self, found: str, at: int, expected: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(found)
        self.found = f"character {at}: {found}"
        self.expected = expected
        self.hint = hint


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``; the last is its end.

    Raises:
        ConditionFault: a character that no condition has, or a quote that is never closed.
    """
    found: list[Token] = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise _no_token(text, place)
        found.append(_token(match))
        place = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _token(match: re.Match[str]) -> Token:
    sort = str(match.lastgroup)
    at = match.start(sort) + 1
    value = match.group(sort)
    if sort == "text":
        return Token("text", re.sub(r"\\(.)", _escaped, value[1:-1], flags=re.DOTALL), at)
    if sort == "column":
        if not value:
            raise ConditionFault("a placeholder without a column's name", at, "{{column}}")
        return Token("name", value, at)
    if sort == "number":
        return Token("number", value, at)
    if sort == "name":
        plain = value.lower() if value.isupper() else value
        return Token("word", plain, at) if plain in KEYWORDS else Token("name", value, at)
    return Token("sign", value, at)


def _escaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1))


def _no_token(text: str, place: int) -> ConditionFault:
    at = place + len(text[place:]) - len(text[place:].lstrip())
    character = text[at]
    if character in "'\"":
        return ConditionFault("a quotation mark that is never closed", at + 1)
    if text.startswith("{{", at):
        return ConditionFault("a placeholder that is never closed", at + 1, "{{column}}")
    instead = _INSTEAD.get(character)
    hint = f"write {instead}" if instead else None
    return ConditionFault(f"found {character!r}", at + 1, None, hint)
