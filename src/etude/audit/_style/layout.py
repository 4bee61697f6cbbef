"""How targets are laid out: lines, paragraphs, blank lines and stray spaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import regex

from etude.audit._style._trait import (
    HAS,
    LACKS,
    Mark,
    Marker,
    Trait,
    matches,
    opening,
    phrases,
    present,
)

_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_COSTS = "the model learns to lay its answers out in several ways"
_STRAY = "stray white space is learned like any other character"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Numbers of lines and sentences, blank lines between lines, and stray white space."""
    yield _lines()
    yield _sentences()
    yield _blank_lines()
    yield _stray(
        "trailing_spaces",
        r"(?m)[ \t\u00a0]+$",
        "",
        "have no spaces at the end of a line",
        "have spaces at the end of a line",
        "take the spaces away",
    )
    yield _stray(
        "double_spaces",
        r"[^\s|] {2,}[^\s|]",
        None,
        "put one space between words",
        "put two or more spaces between words",
        "leave one space",
    )
    yield _stray(
        "many_blank_lines",
        r"\n[ \t]*\n[ \t]*\n\s*",
        "\n\n",
        "have at most one blank line in a row",
        "have several blank lines in a row",
        "leave one blank line",
    )


PROPERTY = traits


def _lines() -> Trait:
    def measure(texts: pl.Series) -> pl.Series:
        return texts.str.count_matches(r"(?m)^[ \t]*\S").cast(pl.String)

    return Trait(
        "line_count",
        measure,
        lambda value: f"have {_many(value, 'line')}",
        _COSTS,
        _counted(regex.compile(r"(?m)^[ \t]*\S"), "line"),
        severity="note",
        least=0.9,
        conditional=True,
    )


def _sentences() -> Trait:
    """Crude, so that only a number which nearly all have is a rule."""
    pattern = r"[.!?…][\"'”’)]*(?:\s|$)|[。！？]|[^\s.!?…\"'”’)]\s*$"

    def measure(texts: pl.Series) -> pl.Series:
        count = texts.str.count_matches(pattern)
        return pl.select(pl.when(count > 0).then(count.cast(pl.String)))[:, 0]

    return Trait(
        "sentence_count",
        measure,
        lambda value: f"have {_many(value, 'sentence')}",
        _COSTS,
        _counted(regex.compile(pattern), "sentence"),
        severity="note",
        least=0.95,
    )


def _counted(pattern: regex.Pattern[str], noun: str) -> Marker:
    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        shown = opening(text, value, rule)[0].evidence
        return [Mark(None, None, f"{_many(value, noun)}: {shown}")]

    return mark


def _many(value: str, noun: str) -> str:
    number = int(value)
    return f"{_NUMBERS.get(number, value)} {noun}{'' if number == 1 else 's'}"


def _blank_lines() -> Trait:
    """Of targets with several lines: whether blank lines stand between them."""

    def measure(texts: pl.Series) -> pl.Series:
        several = texts.str.contains(r"\n")
        blank = texts.str.contains(r"\n[ \t]*\n")
        value = pl.when(blank).then(pl.lit(HAS)).otherwise(pl.lit(LACKS))
        return pl.select(pl.when(several).then(value))[:, 0]

    return Trait(
        "blank_lines",
        measure,
        phrases(has="set parts off with blank lines", lacks="have no blank lines"),
        _COSTS,
        among=" of several lines",
        least=0.9,
    )


def _stray(
    code: str, pattern: str, instead: str | None, clean: str, stray: str, repair: str
) -> Trait:
    found = regex.compile(pattern)

    def propose(place: str) -> str:
        return place[0] + " " + place[-1] if instead is None else instead

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        return matches(found, text, propose)

    return Trait(
        code,
        present(pattern),
        phrases(lacks=clean, has=stray),
        _STRAY,
        mark,
        severity="note",
        least=0.7,
        rules=frozenset({LACKS}),
        repair=repair,
    )
