"""Texts with marks at a terminal: what a finding points at, and what would change. Brackets say what
colour says, so that nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from etude.cli._drawing import WIDEST, Paper
from etude.cli._screen import clean
from etude.report._changes import changes, shortened

LINES = 14
"""Lines of a text that are shown."""
BEFORE = 240
"""Characters that stand before the first mark of a long text."""
CHARACTERS = 1_200
ROOM = 60
"""Characters beside a change."""

Span = tuple[int, int]


def show(paper: Paper, text: Text, indent: int = 2) -> None:
    """A text with marks, broken at the width of the screen."""
    for line in text.wrap(paper.console, max(20, min(paper.width, WIDEST) - indent)):
        line.rstrip()
        paper.line(Text(" " * indent).append_text(line))


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
    made = Text()
    for part in shortened(changes(before, after), ROOM):
        if part.kind == "del":
            made.append(f"[-{_visible(part.text)}-]", "red")
        elif part.kind == "ins":
            made.append(f"{{+{_visible(part.text)}+}}", "green")
        else:
            made.append(clean(part.text))
    return _short(made, cut=False)


def _visible(text: str) -> str:
    """White space and what can't be seen, so that its change can be seen."""
    names = {"\t": "\\t", "\r": "\\r", "\u00a0": "␣"}
    shown = "".join(names.get(c, c) for c in text)
    if not shown.strip():
        shown = shown.replace(" ", "␣").replace("\n", "\\n")
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in shown)
