"""Files of JSON lines that people's words are kept in, made for version control.

Plain text, only ever added to at its end or shortened by what is taken back. Lines that can't be read
are left where they are.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from etude.errors import StoreError


def read_lines(path: Path, what: str) -> list[bytes]:
    """The lines of the file; none where there is no file. ``what`` is in it, for the error.

    Raises:
        StoreError: it can't be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(
            f"{what} can't be read: {error.strerror or error}",
            where=str(path),
            hint="give yourself the right to read it, or move it away to go on without",
        ) from error
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def why_unread(error: ValidationError) -> str:
    """What is wrong with a line, in words."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "it is no JSON"
    field = ".".join(map(str, first["loc"]))
    message = first["msg"][:1].lower() + first["msg"][1:]
    return f"{field}: {message}" if field else message
