"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

HEAD = 4096
"""Bytes that are looked at."""

PARQUET = b"PAR1"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (ZIP, "a zip archive, as Excel workbooks are", "give it its true name, such as .xlsx"),
    (PARQUET, "a Parquet file", "rename it to .parquet"),
    (OLE, "an old or password-protected Office file", "save it as .xlsx without a password"),
    (b"%PDF", "a PDF document", "export the rows as CSV"),
    (b"BZh", "a bzip2 archive", "unpack it first (bunzip2)"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first (unxz)"),
    (b"7z\xbc\xaf", "a 7-zip archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"\x89PNG", "a PNG picture", "give a file of rows"),
    (b"\xff\xd8\xff", "a JPEG picture", "give a file of rows"),
    (b"{\\rtf", "an RTF document", "export the rows as CSV"),
    (b"\x7fELF", "a program", "give a file of rows"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "a web page (HTML)"),
    (b"<html", "a web page (HTML)"),
    (b"<head", "a web page (HTML)"),
    (b"<?xml", "an XML document"),
)


def not_text(head: bytes) -> tuple[str, str] | None:
    """What the file is and what to do about it, where it is no file of plain rows."""
    for magic, what, hint in _MAGIC:
        if head.startswith(magic):
            return what, hint
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for magic, what in _MARKUP:
        if start.startswith(magic):
            return what, "download or export the file itself, as CSV"
    return None


def shape_of(head: bytes) -> str:
    """The shape that the content speaks for, where the name says nothing."""
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith(ZIP) and (b"xl/" in head or b"[Content_Types]" in head):
        return "xlsx"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "jsonl"
    return "json" if start.startswith((b"[{", b"[\n", b"[ ", b"[\r")) else "csv"


def digest(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_json_lines(head: bytes) -> bool:
    """Whether the first line is a JSON object, which no row of separated values is."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
