"""Cells of an Excel workbook that hold an error, such as ``#DIV/0!``, where a value belongs.

The reader of workbooks gives them as empty cells. It knows the files in an .xlsx, and looks at nothing
else of them; of other kinds of workbooks it finds nothing.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20
_LONGEST = 1 << 12
"""Bytes: no tag of a cell is longer."""
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_TAG = r"<(?:\w+:)?{}\b[^<>]*>"
_SHEET, _LINK = re.compile(_TAG.format("sheet")), re.compile(_TAG.format("Relationship"))
_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^<>]*\st="e")[^<>]*?\sr="([A-Z]{1,3}([0-9]{1,7}))"')
_UNREADABLE = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError)
"""What a damaged archive raises; its reader tells of it."""


def error_cells(path: Path, sheet: str) -> dict[int, list[str]]:
    """The places of errors (``B7``) by the sheet's rows, from 1.

    Source: ECMA-376, part 1, 18.3.1.4 (``t="e"`` of a cell) and 18.2.19 (a sheet's name and part).
    """
    found: dict[int, list[str]] = {}
    try:
        with zipfile.ZipFile(path) as book:
            part = _part(book, sheet)
            for place, row in _errors(book, part) if part is not None else ():
                found.setdefault(row, []).append(place)
    except _UNREADABLE:
        return {}
    return found


def _part(book: zipfile.ZipFile, sheet: str) -> str | None:
    """The file that holds the sheet of a name."""
    tags = _SHEET.findall(book.read(_BOOK).decode("utf-8", "replace"))
    ids = [_value(tag, r"\w+:id") for tag in tags if _value(tag, "name") == sheet]
    for tag in _LINK.findall(book.read(_LINKS).decode("utf-8", "replace")):
        if ids and _value(tag, "Id") == ids[0]:
            return posixpath.normpath(posixpath.join("/xl", _value(tag, "Target"))).lstrip("/")
    return None


def _value(tag: str, attribute: str) -> str:
    match = re.search(rf"""\s{attribute}=(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape(match[1] or match[2] or "") if match else ""


def _errors(book: zipfile.ZipFile, part: str) -> Iterator[tuple[str, int]]:
    with book.open(part) as file:
        rest = b""
        while block := file.read(_BLOCK):
            text = rest + block
            end = 0
            for match in _ERROR.finditer(text):
                end = match.end()
                yield match[1].decode("ascii"), int(match[2])
            # A tag may go on in the next block.
            rest = text[max(end, len(text) - _LONGEST) :]
