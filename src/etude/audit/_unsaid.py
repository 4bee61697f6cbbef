"""Which targets may say what their inputs do not, told for whole columns at once.

Most facts stand in their input as they are written. That is seen here with Rust's expressions, so that
only the other rows are read one by one. It may name a row that says nothing of its own, and never
leaves one out that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from etude.audit._facts import MONTHS, naming

_AGREED = (
    r"\A[\x00-\x1b\x20-\x7f\u{a0}-\u{b1}\u{b4}-\u{b8}\u{ba}\u{bb}\u{bf}-\u{12f}\u{132}-\u{24f}"
    r"‘’“”–—…€\u{2009}\u{202f}]*\z"
)
"""Texts of whose characters Rust and Python say the same (which are letters, digits and spaces)."""
_NUMBERS = "\\d(?:[.,'’ \u00a0\u2009\u202f]*\\d)*"
"""Numbers with all that may join them to others: what holds a number as it is written, whatever its
separators."""
_CAPITAL = r"\b[A-ZÀ-ÖØ-Þ][\w'’-]+"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIMED = "in|since|until|till|by|from|early|late|mid|of|every|each|this|next|last"
_DATED = (
    rf"(?i)\d(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b|\b(?:{_MONTH})\.?\s+\d"
    rf"|\b(?:{_TIMED})[\s-]+(?:{_MONTH})\b|days?\b"
)
_PART = 50_000
"""Rows that are held at once with all their words."""
_MAYBE_DATED = r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|days?\b"


class Asked(NamedTuple):
    """A row, and which facts of its own its target may have."""

    row: int
    numbers: bool
    names: bool
    dates: bool


def asked_of(
    sources: Sequence[str], targets: Sequence[str], plain: frozenset[str] | None
) -> Iterator[Asked]:
    """The rows that are to be read, in order.

    Args:
        sources: what is given for each row.
        targets: what each says.
        plain: words of which a capital names nothing; None where no capital does.
    """
    for at in range(0, len(targets), _PART):
        end = at + _PART
        rows = _flagged(pl.DataFrame({"source": sources[at:end], "target": targets[at:end]}))
        named = set() if plain is None else _named(rows, plain)
        names = pl.Series("names", [row in named for row in range(len(rows))], dtype=pl.Boolean)
        asked = rows.with_columns(names).filter(pl.any_horizontal("numbers", "names", "dates"))
        for one in map(Asked._make, asked.select(Asked._fields).iter_rows()):
            yield one._replace(row=one.row + at)


def _flagged(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their ``row`` (a number), ``agreed``, and whether they may have ``numbers`` and
    ``dates``."""
    source, target, agreed = pl.col("source"), pl.col("target"), pl.col("agreed")
    read = rows.with_row_index("row").with_columns(
        pl.all_horizontal(pl.col("source", "target").str.contains(_AGREED)).alias("agreed")
    )
    numbers = target.str.extract_all(_NUMBERS)
    own = numbers.list.set_difference(source.str.extract_all(_NUMBERS)).list.len() > 0
    dated, maybe = target.str.contains(_DATED), target.str.contains(_MAYBE_DATED)
    return read.with_columns(
        pl.when(agreed).then(own).otherwise(target.str.contains(r"\d")).alias("numbers"),
        pl.when(agreed).then(dated).otherwise(maybe).alias("dates"),
    )


def _named(rows: pl.DataFrame, plain: frozenset[str]) -> set[int]:
    """Rows with a word with a capital that neither stands in the source nor is a plain one."""
    sources = rows["source"].to_list()
    words = rows.filter("agreed").select("row", pl.col("target").str.extract_all(_CAPITAL))
    pairs = words.explode("target").drop_nulls("target")
    small = {word: word.casefold() for word in pairs["target"].unique().to_list()}
    unknown = [word for word, low in small.items() if low not in plain and naming(word)]
    left = pairs.filter(pl.col("target").is_in(unknown)).iter_rows()
    found: set[int] = set()
    at, low = -1, ""
    for row, word in left:
        if row in found:
            continue
        if row != at:
            at, low = row, sources[row].casefold()
        if small[word] not in low:
            found.add(row)
    others = rows.filter(~pl.col("agreed")).select("row", "source", "target")
    for row, source, target in others.iter_rows():
        own = {word.casefold() for word in re.findall(_CAPITAL, target)} - plain
        low = source.casefold()
        if any(word not in low for word in own):
            found.add(row)
    return found
