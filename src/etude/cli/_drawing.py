"""Drawing on stdout with rich: paragraphs, lists and two-line tables at any width.

It knows text and widths; what the figures mean is told by its callers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etude.cli._screen import NO_BREAK, clean, words

_UNIT = re.compile(r"(?<=\d) (?=%|ms\b|points?\b)")
WIDEST = 110
"""Lines of prose longer than this are hard to read, however wide the screen."""


class Paper:
    """Stdout, as wide as it is; or stderr, for words."""

    def __init__(self, console: Console | None = None, *, stderr: bool = False) -> None:
        self.console = console or Console(stderr=stderr, highlight=False, markup=False, emoji=False)

    @property
    def width(self) -> int:
        """Cells in a line."""
        return self.console.width

    def line(self, text: str | Text = "", style: str = "") -> None:
        """One line, never broken or cut: paths and commands stay whole."""
        self.console.print(_text(text, style), soft_wrap=True)

    def prose(
        self, text: str, *, first: str = "", rest: str | None = None, style: str = ""
    ) -> None:
        """A paragraph broken at spaces; ``first`` and ``rest`` begin its lines."""
        rest = " " * cell_len(first) if rest is None else rest
        room = min(self.width, WIDEST) - max(cell_len(first), cell_len(rest))
        for index, broken in enumerate(wrap(text, room)):
            self.line((first if index == 0 else rest) + broken, style)

    def bullets(self, items: Iterable[str]) -> None:
        """A list."""
        for item in items:
            self.prose(item, first="  • ")

    def command(self, why: str, command: str) -> None:
        """What to type next, on a line of its own so that it can be copied."""
        self.line(why)
        self.line(f"  {command}", "bold")

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str | Text]], gap: int = 2
    ) -> bool:
        """Draw a table if it fits; False, and nothing drawn, if it does not.

        Cells hold their own line breaks and are not broken further; ``gap`` is between columns.
        """
        drawn = Table(
            box=box.SIMPLE_HEAD,
            padding=(0, gap - 1, 0, 0),
            pad_edge=False,
            header_style="bold",
            show_edge=False,
        )
        for head in heads:
            drawn.add_column(_text(head), no_wrap=True)
        for row in rows:
            drawn.add_row(*(_text(cell) for cell in row))
        endless = self.console.options.update(width=10_000)
        needed = self.console.measure(drawn, options=endless)
        if needed.maximum > self.width:
            return False
        self.console.print(drawn)
        return True


def _text(text: str | Text, style: str = "") -> Text:
    if isinstance(text, Text):
        return text
    return Text(words(clean(text)), style)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells, broken at plain spaces alone.

    Not rich's own: that breaks at no-break spaces too, between a number and its unit.
    """
    lines, line = [], ""
    for word in _UNIT.sub(NO_BREAK, text).split(" "):
        longer = f"{line} {word}" if line else word
        if line and cell_len(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]
