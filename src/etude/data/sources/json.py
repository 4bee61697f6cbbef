"""JSON: one list of objects in a file, with the line on which each object begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._content import HEAD, shape_of
from etude.data.sources._objects import Found, table_of
from etude.data.sources._text import TextFile, inspect
from etude.data.sources._values import DECODER, TOO_DEEP
from etude.data.sources.jsonl import SOURCE as JSON_LINES
from etude.errors import DataError

_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Json:
    """A list of objects; a ``.json`` file that holds JSON Lines is read as such."""

    key = "json"
    suffixes = (".json",)

    def read(self, place: Place) -> Table:
        """Every object of the list.

        Raises:
            DataError: not text, not a list of objects, or the list breaks off.
        """
        with place.path.open("rb") as file:
            if shape_of(file.read(HEAD)) == JSON_LINES.key:
                return JSON_LINES.read(place)
        text = inspect(place.path, place.shown)
        with text.open() as file:
            content = file.read()
        builder = Builder(place)
        return table_of(_Items(content, text, place), builder, place, text, self.key)


class _Items:
    """Walks a list item by item, so that each has its line."""

    def __init__(self, content: str, text: TextFile, place: Place) -> None:
        self.content = content
        self.text = text
        self.place = place
        self.line = 1
        self.counted = 0

    def __iter__(self) -> Iterator[Found]:
        at = self._skip(0)
        if self.content[at : at + 1] != "[":
            raise self._error(at, "this is not a list of objects")
        at = self._skip(at + 1)
        while self.content[at : at + 1] != "]":
            line, begin = self._line_of(at), at
            try:
                value, at = DECODER.raw_decode(self.content, at)
            except RecursionError as error:
                raise self._error(begin, TOO_DEEP) from error
            except ValueError as error:
                raise self._error(begin, f"this is not valid JSON: {error}") from error
            yield line, value, self.content[begin:at]
            at = self._skip(at)
            if self.content[at : at + 1] == ",":
                at = self._skip(at + 1)
            elif self.content[at : at + 1] != "]":
                raise self._error(at, "the list is not closed")

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.content, at)
        return match.end() if match else at

    def _line_of(self, at: int) -> int:
        self.line += sum(1 for _ in _LINE_END.finditer(self.content, self.counted, at))
        self.counted = at
        return self.line

    def _error(self, at: int, found: str) -> DataError:
        return DataError(
            found,
            where=f"{self.place.shown}, line {self._line_of(at)}",
            expected='a list of objects: [{"text": "...", "label": "..."}, ...]',
            hint="or write one object a line and name the file .jsonl",
        )


SOURCE = Json()
