"""Sentences behind and among others: ended before another follows, found where one really ends."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?:;…,)\"'”’]\s*$|\n\s*$")
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…]+[\"'”’)]*(?=\s|$)|$)", re.MULTILINE)


def ended(text: str) -> str:
    """The text with a full stop, where nothing ends it yet."""
    return text if not text.strip() or _END.search(text) else f"{text.rstrip()}."


def sentences(text: str) -> list[str]:
    """The sentences of a text, as far as a mark and white space end each; "example.org" ends none."""
    return [found.group().strip() for found in _SENTENCE.finditer(text) if found.group().strip()]
