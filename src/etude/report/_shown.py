"""Texts of the data as a page may hold them: masked, cut with a note, each once, safe in a script.

Every page with rows goes through it; the report has no rows and does not.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from etude.report._masking import mask
from etude.report._templates import clean

LONGEST = 4_000
"""Characters of one text that are shown."""
PAGE_CHARACTERS = 24_000_000
"""Characters of all inputs together: with very many rows each one is cut shorter."""
_MARGIN = 400
"""Read beyond the cut, so that no address or number is masked by half."""
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def shown(text: str, length: int = LONGEST) -> str:
    """The text as the page shows it: cut to ``length`` characters with a note, then masked."""
    kept = mask(text[: length + _MARGIN])
    if len(text) > length:
        kept = f"{kept[:length]}… [cut: {len(text):,} characters in all]"
    return clean(kept)


def length_for(rows: int) -> int:
    """Characters of a text that a page of so many rows can show."""
    return max(200, min(LONGEST, PAGE_CHARACTERS // max(rows, 1)))


class Texts:
    """Each distinct text once; the rows hold its place."""

    def __init__(self, length: int) -> None:
        self.known: list[str] = []
        self._places: dict[str, int] = {}
        self._length = length

    def place(self, value: object) -> int | None:
        """Where the text stands; None for none."""
        if value is None:
            return None
        text = str(value)
        if text not in self._places:
            self._places[text] = len(self.known)
            self.known.append(shown(text, self._length))
        return self._places[text]


def safe_json(data: dict[str, Any]) -> Markup:
    """JSON that is safe inside a script element: no ``<``, and ASCII only."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for letter, escape in _UNSAFE.items():
        text = text.replace(letter, escape)
    return Markup(text)  # noqa: S704 - no character of HTML is left in it
