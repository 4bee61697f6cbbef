"""Counting and quoting text: words, sentences, characters, numbers; nothing of checks."""

from __future__ import annotations

import re

import regex

_LONGEST = 80
# A sentence ends at its mark, with closing quotes and brackets, before white space or the end.
# The look behind keeps a model's endless "!!!!" from being read anew from each of its marks.
_END = re.compile(r"(?:(?<![.!?…])[.!?…]+[\"'»”’)\]]*(?=\s|$)|[。！？]+[」』”’）]*)")
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|approx|No|Fig|Inc|Ltd|Co)|\b[A-Z])\.$",
)
WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_FAST_ASCII = re.compile(r"[\x20-\x7e\n]*")


def quote(text: str) -> str:
    """``text`` as a reason quotes it: one line, cut where it is long."""
    line = " ".join(text.split())
    return f"'{line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}'"


def quotes(texts: list[str]) -> str:
    """Several, with commas; the rest of many as a number."""
    more = f" and {len(texts) - 5} more" if len(texts) > 5 else ""
    return ", ".join(quote(text) for text in texts[:5]) + more


def counted(count: int, noun: str) -> str:
    """ "has 1 word", "has 2 words"."""
    return f"has {count} {noun}{'' if count == 1 else 's'}"


def words(text: str) -> list[str]:
    """The runs of letters and digits, with what joins them inside (``don't``, ``well-kept``)."""
    return WORD.findall(text)


def characters(text: str) -> int:
    """Characters as a reader counts them: an emoji or a letter with its accents is one."""
    if _FAST_ASCII.fullmatch(text):
        return len(text)
    return len(regex.findall(r"\X", text))


def lines(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def sentences(text: str) -> list[str]:
    """The sentences: each ends at its mark or with its line, so a heading is one.

    An abbreviation that is usual in English (``Dr.``, ``e.g.``), an initial, and the number in
    front of a list item end none.
    """
    found = []
    for line in lines(text):
        found += _in_line(line.strip())
    return found


def _in_line(line: str) -> list[str]:
    found = []
    start = 0
    for match in _END.finditer(line):
        piece = line[start : match.end()].strip()
        if _SHORT.search(piece) and match.end() < len(line):
            continue
        if WORD.search(piece) and not re.fullmatch(r"\(?\d{1,3}[.)]", piece):
            found.append(piece)
            start = match.end()
    if WORD.search(line[start:]):
        found.append(line[start:].strip())
    return found
