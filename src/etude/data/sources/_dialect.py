"""Which delimiter and which quoting a file of separated values uses, and its records.

``records`` is the one loop over lines that both the guess and the reading use. It knows lines and
cells, and nothing of columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from etude.data.sources._header import known

DELIMITERS = (",", "\t", ";", "|")
_NO_DELIMITER = "\udfff"
"""Half a character, which no text of a file holds; the parser wants some delimiter."""
_RECORDS = 300
"""Records that the guess looks at."""
_ENOUGH, _ENOUGH_WITH_NAMES = 0.7, 0.2
"""Share of records of the same width that makes a delimiter believable; less is asked where the
first row splits into usual column names."""
_SEP = re.compile(r"^sep=(.)\r?\n?$", re.IGNORECASE)

Quoting = Literal["double", "backslash", "none"]


@dataclass(frozen=True)
class Dialect:
    """``delimiter`` None: one column. ``quoting``: how a quotation mark is written in a cell."""

    delimiter: str | None
    quoting: Quoting = "double"
    space_after: bool = False
    """Cells are written ``"a", "b"``: the space is no part of the cell."""
    declared: bool = False
    """The first line is Excel's ``sep=;`` and no row."""

    def settings(self) -> dict[str, Any]:
        """Arguments of ``csv.reader``."""
        settings: dict[str, Any] = {
            "delimiter": self.delimiter or _NO_DELIMITER,
            "skipinitialspace": self.space_after,
            "strict": True,
        }
        if self.quoting == "none":
            settings |= {"quoting": csv.QUOTE_NONE, "quotechar": None}
        elif self.quoting == "backslash":
            settings |= {"escapechar": "\\"}
        return settings


class _Lines:
    """Physical lines, counted, remembering those of the record under way so as to go back."""

    def __init__(self, source: Iterable[str]) -> None:
        self.source = iter(source)
        self.again: list[str] = []
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.again.pop() if self.again else next(self.source)
        self.number += 1
        self.record.append(line)
        return line

    def back_to_second(self) -> str:
        """Give back all lines of the record but its first, which is returned."""
        rest = self.record[1:]
        self.again.extend(reversed(rest))
        self.number -= len(rest)
        return self.record[0]


Record = tuple[int, list[str] | None, list[str], str]


def records(source: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Each record: the line it begins on, its cells, its physical lines, and what is wrong.

    Cells are None where the quoting is broken; then only the first line is given up and reading
    goes on with the second, so that one stray quotation mark costs one row, not the file.
    The list of lines is used again: look at it before taking the next record.
    """
    lines = _Lines(source)
    if dialect.declared:
        next(lines, None)
    reader = csv.reader(lines, **dialect.settings())
    while True:
        lines.record.clear()
        start = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if not lines.record:
                return
            first = lines.back_to_second()
            yield start, None, [first], str(error)
            continue
        yield start, cells, lines.record, ""


@dataclass(frozen=True)
class _Trial:
    dialect: Dialect
    share: float
    width: int
    named: bool
    enclosed: float
    """Of the cells that begin with a quotation mark, the share that ends with one."""


def guess(sample: str, whole: bool, order: tuple[str, ...] = DELIMITERS) -> Dialect:
    """The dialect under which most records of the sample have the same width.

    Args:
        sample: the beginning of the file.
        whole: the sample is the whole file; else its last record may be cut.
        order: delimiters, the likeliest first: decides between equals.
    """
    # Not splitlines: it also splits at characters that no file reader takes for a line end.
    lines = list(io.StringIO(sample, newline=""))
    if lines and (declared := _SEP.match(lines[0])):
        return Dialect(declared.group(1), declared=True)
    space = _space_after(lines[0]) if lines else None
    quotings: tuple[Quoting, ...] = ("double", "backslash") if '\\"' in sample else ("double",)
    if '"' in sample:
        quotings += ("none",)
    trials = [
        trial
        for delimiter in order
        if delimiter in sample
        for quoting in quotings
        if (trial := _try(lines, Dialect(delimiter, quoting, delimiter == space), whole))
    ]
    usable = [t for t in trials if t.dialect.quoting != "none" or t.enclosed < 0.5]
    if not usable:
        return Dialect(None)
    best = max(
        usable,
        key=lambda t: (
            t.named,
            round(t.share, 2),
            -quotings.index(t.dialect.quoting),
            t.width,
            -order.index(t.dialect.delimiter or ""),
        ),
    )
    return best.dialect


def _space_after(line: str) -> str | None:
    for delimiter in DELIMITERS:
        if re.match(rf'^"[^"]*"({re.escape(delimiter)} "[^"]*")+\s*$', line):
            return delimiter
    return None


def _try(lines: list[str], dialect: Dialect, whole: bool) -> _Trial | None:
    widths: Counter[int] = Counter()
    first: list[str] | None = None
    opened = closed = 0
    for count, (_, cells, _raw, wrong) in enumerate(records(lines, dialect)):
        if count >= _RECORDS or (wrong == "unexpected end of data" and not whole):
            break
        if cells is None:
            widths[-1] += 1
            continue
        if not any(cells):
            continue
        first = first or cells
        widths[len(cells)] += 1
        for cell in cells:
            if cell.startswith('"'):
                opened += 1
                closed += len(cell) > 1 and cell.endswith('"')
    if first is None or len(first) < 2:
        return None
    width = max((w for w in widths if w > 1), key=lambda w: (widths[w], w == len(first)), default=0)
    share = widths[width] / widths.total() if width else 0.0
    named = known(first)
    if share < (_ENOUGH_WITH_NAMES if named else _ENOUGH):
        return None
    return _Trial(dialect, share, width, named, closed / opened if opened else 0.0)
