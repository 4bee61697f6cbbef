"""What a person gives to ``predict``: a text, its columns by name, or lines on stdin."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence

from etude.errors import DataError, UsageError

EXAMPLE = 'etude predict "a text"'


def asked_for(
    arguments: Sequence[str] | None, fields: Sequence[str] | None, whole: bool
) -> list[str | Mapping[str, str]]:
    """What is to be answered: one row of columns, one text, or the lines of stdin.

    Raises:
        UsageError: several ways at once, a field without a value, or nothing at all.
        DataError: stdin is not UTF-8.
    """
    if bool(arguments) + bool(fields) + whole > 1:
        raise UsageError(
            "several things to answer at once",
            where="etude predict",
            expected="one of a text, --field and --whole",
        )
    if fields:
        return [_row(fields)]
    if not whole:
        return list(given(arguments))
    lines = given(None)
    if not any(line.strip() for line in lines):
        raise UsageError("the text is empty", where="stdin", hint=EXAMPLE)
    return ["\n".join(lines)]


def _row(fields: Sequence[str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"found {field!r}",
                where="--field",
                expected="a column and its value, as in --field title=Dune",
            )
        if name.strip() in row:
            raise UsageError(f"the column {name.strip()!r} is given twice", where="--field")
        row[name.strip()] = value
    if not any(value.strip() for value in row.values()):
        raise UsageError("every column is empty", where="--field", expected="a value in one")
    return row


def given(arguments: Sequence[str] | None) -> list[str]:
    """One text from the arguments, else one a line from stdin; empty lines stay in their place.

    Raises:
        UsageError: several arguments, an empty one, or nothing and nobody at stdin.
        DataError: stdin is not UTF-8.
    """
    if arguments:
        return [_only(arguments)]
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "there is no text to answer",
            where="etude predict",
            expected="a text in quotes, lines on stdin, or --in FILE",
            hint=EXAMPLE,
        )
    return _lines(sys.stdin.buffer.read())


def _only(arguments: Sequence[str]) -> str:
    if len(arguments) > 1:
        joined = " ".join(arguments)
        raise UsageError(
            f"{len(arguments)} texts",
            where="etude predict",
            expected="one text, in quotes",
            hint=f"etude predict {shlex.quote(joined)}",
        )
    if not arguments[0].strip():
        raise UsageError("the text is empty", where="etude predict", hint=EXAMPLE)
    return arguments[0]


def _lines(raw: bytes) -> list[str]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"a byte that is not UTF-8 (0x{raw[error.start]:02x})",
            where=f"stdin, line {line}",
            expected="UTF-8",
            hint="put the texts into a file and name it with --in: its encoding is then found",
        ) from None
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
