"""JSON Lines: one object a line; values that are no text are kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from etude.data.sources._base import Builder, Place, Table
from etude.data.sources._objects import Found, table_of
from etude.data.sources._text import inspect, trouble
from etude.data.sources._values import DECODER, TOO_DEEP


class JsonLines:
    """One object a line (https://jsonlines.org), in any encoding; blank lines are passed over."""

    key = "jsonl"
    suffixes = (".jsonl", ".ndjson", ".jsonlines")

    def read(self, place: Place) -> Table:
        """Every object of the file.

        Rejected, with line and reason: a line that is not valid JSON or no object, a key that
        stands twice, a cell over the limit.

        Raises:
            DataError: not text, or not a single object.
        """
        text = inspect(place.path, place.shown)
        builder = Builder(place)
        with text.open() as file:
            return table_of(_decode(file, text.clean, builder), builder, place, text, self.key)


def _decode(lines: Iterator[str], clean: bool, builder: Builder) -> Iterator[Found]:
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if not clean and (reason := trouble(line)):
            builder.reject(number, reason, line)
            continue
        try:
            value = DECODER.decode(stripped)
        except RecursionError:
            builder.reject(number, TOO_DEEP, line)
            continue
        except ValueError as error:
            builder.reject(number, f"it is not valid JSON: {_said(error)}", line)
            continue
        yield number, value, line


def _said(error: ValueError) -> str:
    """What is wrong, without the place in the line, so that equal faults are counted as one."""
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    return error.msg.removesuffix(" starting at").removesuffix(" at")


SOURCE = JsonLines()
