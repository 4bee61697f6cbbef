"""The texts that a person gives to ``predict``: as an argument, or as lines on stdin."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from etude.errors import DataError, UsageError

EXAMPLE = 'etude predict "a text"'


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
