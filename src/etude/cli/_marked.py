"""Texts with marks at a terminal: what a finding points at, and what would change. Brackets say what
colour says, so that nothing is told by colour alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from rich.padding import Padding
from rich.text import Text

from etude.cli._drawing import Paper
from etude.cli._screen import clean

LINES = 14
"""Lines of a text that are shown."""
BEFORE = 240
"""Characters that stand before the first mark of a long text."""
CHARACTERS = 1_200
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")

Span = tuple[int, int]


def show(paper: Paper, text: Text, indent: int = 2) -> None:
    """A text with marks, broken at the width of the screen."""
    paper.console.print(Padding(text, (0, 0, 0, indent)))


def marked(text: str, spans: Iterable[Span]) -> Text:
    """The text with these parts marked, cut around the first of them where it is long."""
    parts = _merged(spans, len(text))
    first = parts[0][0] if parts else 0
    start = max(0, first - BEFORE) if len(text) > CHARACTERS else 0
    end = min(len(text), start + CHARACTERS)
    made, at = Text("… " if start else ""), start
    for a, b in parts:
        if b > end:
            break
        made.append(clean(text[at:a]))
        made.append(f"[[{clean(text[a:b])}]]", "bold reverse")
        at = b
    made.append(clean(text[at:end]))
    return _short(made, cut=end < len(text))


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans inside the text, in order, those that touch as one."""
    made: list[Span] = []
    for start, end in sorted((max(0, a), min(length, b)) for a, b in spans):
        if start >= end:
            continue
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _short(text: Text, *, cut: bool) -> Text:
    lines = text.split("\n", allow_blank=True)
    shown = Text("\n").join(lines[:LINES])
    if len(lines) > LINES or cut:
        shown.append(" …", "dim")
    return shown


def difference(before: str, after: str) -> Text:
    """What goes as ``[-old-]`` and what comes as ``{+new+}``, with a little around it."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    made = Text()
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            made.append(clean(_around("".join(old[a:b]), first=a == 0, last=b == len(old))))
            continue
        if b > a:
            made.append(f"[-{_visible(''.join(old[a:b]))}-]", "red")
        if d > c:
            made.append(f"{{+{_visible(''.join(new[c:d]))}+}}", "green")
    return _short(made, cut=False)


def _around(text: str, *, first: bool, last: bool, room: int = 60) -> str:
    """Of what stays, only what stands beside a change."""
    head = "" if first else text[:room]
    tail = "" if last else text[-room:]
    return text if len(head) + len(tail) >= len(text) else f"{head} … {tail}"


def _visible(text: str) -> str:
    """White space and what can't be seen, so that its change can be seen."""
    names = {"\t": "\\t", "\r": "\\r", "\u00a0": "␣"}
    shown = "".join(names.get(c, c) for c in text)
    if not shown.strip():
        shown = shown.replace(" ", "␣").replace("\n", "\\n")
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in shown)
