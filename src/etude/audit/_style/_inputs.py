"""Simple facts of inputs by which a difference between targets may be explained.

It knows what a model is given: the input's columns, its text and its context. A person's other
columns explain nothing here, because no model reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from etude.data.conversations import flat, turns_of
from etude.records.task import Kind

MOST_VALUES = 40
"""Different values of a column that is a condition."""
MOST_CHARACTERS = 4_000
"""Of an input that are looked at."""
MOST_WORDS = 1_000
LENGTHS = 5
"""Classes of inputs by length."""
_TALK = ("last_user", "conversation")
_WORD = re.compile(r"\w+")
_FACTS = {
    "a question mark": r"\?",
    "an exclamation mark": "!",
    "a number": r"\d",
    "a price": r"[$£€¥₹]\s?\d|\d\s?(?:[$£€¥₹]|(?:EUR|USD|GBP|euros?|dollars?|pounds?)\b)",
    "a date or time": r"(?i)\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[:.]\d\d\b|\b\d{1,2}\s?[ap]\.?m\b|"
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.?\s\d|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    "a web address": r"https?://|www\.",
    "an e-mail address": r"\w@\w",
    "a list": r"(?m)^\s*(?:[-*•]|\d+[.)])\s",
    "several lines": r"\n",
    "capitals": r"\b\p{Lu}{2,}\b",
    "a greeting": r"(?i)^\W*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b",
    "thanks": r"(?i)\b(?:thanks|thank you)\b",
}


@dataclass(frozen=True)
class Fact:
    """One condition on inputs. ``code_N``: each row's place in ``names``; ``told``: in words for
    each name, "`scary` is empty"; ``own``: a column of the person's, fit to hold a rule."""

    names: tuple[str, ...]
    code_N: NDArray[np.int64]
    told: tuple[str, ...]
    own: bool = False

    def taken(self, at_S: NDArray[np.int64]) -> Fact:
        """The fact of some rows."""
        return Fact(self.names, self.code_N[at_S], self.told, self.own)


@dataclass(frozen=True)
class Inputs:
    """Inputs of all rows; everything is computed when it is first asked for."""

    frame: pl.DataFrame
    kind: Kind

    @cached_property
    def texts(self) -> pl.Series:
        """The words of inputs; of conversations without instructions."""
        texts = self.frame["input"].fill_null("")
        if self.kind == "chat":
            told = (turns_of(text) for text in texts.to_list())
            texts = pl.Series([flat([t for t in one if t.role != "system"]) for one in told])
        return texts.str.slice(0, MOST_CHARACTERS).alias("input")

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Columns first, then facts of texts."""
        return (*self._columns(), *self._context(), *self._talks(), *self._text_facts())

    def _columns(self) -> Iterator[Fact]:
        columns = read_cells(self.frame["cells"])
        for name, cells in columns.items():
            if self.kind == "chat" and name in _TALK:
                continue
            yield from column_facts(name, cells)

    def _context(self) -> Iterator[Fact]:
        empty = self.frame["context"].fill_null("") == ""
        yield from yes_no(empty, "there is no context", "there is a context", own=True)

    def _talks(self) -> Iterator[Fact]:
        if self.kind != "chat":
            return
        talks = [turns_of(text) for text in self.frame["input"].fill_null("").to_list()]
        system = [t[0].content if t[0].role == "system" else "" for t in talks]
        yield from column_facts("system", pl.Series(system, dtype=pl.String))
        short = pl.Series([sum(turn.role == "user" for turn in t) < 2 for t in talks])
        yield from yes_no(short, "the person has said one thing", "the talk is longer", own=True)

    def _text_facts(self) -> Iterator[Fact]:
        for name, pattern in _FACTS.items():
            has = self.texts.str.contains(pattern)
            yield from yes_no(has, f"the input has {name}", f"the input has no {name[2:]}")
        yield from self._lengths()

    def _lengths(self) -> Iterator[Fact]:
        length_N = self.texts.str.len_chars().to_numpy()
        cuts = np.unique(np.quantile(length_N, np.arange(1, LENGTHS) / LENGTHS))
        code_N = np.searchsorted(cuts, length_N, side="right").astype(np.int64)
        names = tuple(f"length {at}" for at in range(len(cuts) + 1))
        if len(cuts):
            yield Fact(names, code_N, tuple("the input is of a certain length" for _ in names))


def read_cells(cells: pl.Series) -> dict[str, pl.Series]:
    """Columns of JSON objects; "" where a row lacks one."""
    if cells.null_count() == len(cells):
        return {}
    rows = [json.loads(cell) if cell else {} for cell in cells.to_list()]
    names = dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)
    return {
        name: pl.Series(name, [_text(row.get(name)) for row in rows], dtype=pl.String)
        for name in names
    }


def _text(cell: object) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else json.dumps(cell)


def column_facts(name: str, cells: pl.Series) -> Iterator[Fact]:
    """Whether a column is empty, and its values where they are few."""
    cells = cells.fill_null("").str.strip_chars()
    yield from yes_no(cells == "", f"`{name}` is empty", f"`{name}` is not empty", own=True)
    values = cells.unique().sort().to_list()
    if 2 <= len(values) <= min(MOST_VALUES, len(cells) // 5):
        codes = cells.replace_strict(values, range(len(values)), return_dtype=pl.Int64)
        told = tuple(
            f"`{name}` is “{value}”" if value else f"`{name}` is empty" for value in values
        )
        yield Fact(tuple(values), codes.to_numpy(), told, own=True)


def yes_no(flag: pl.Series, yes: str, no: str, *, own: bool = False) -> Iterator[Fact]:
    """A fact of two values, where both occur."""
    code_N = flag.cast(pl.Int64).to_numpy()
    if 0 < code_N.sum() < len(code_N):
        yield Fact(("no", "yes"), code_N, (no, yes), own)


def word_facts(
    texts: pl.Series, at_S: NDArray[np.int64]
) -> tuple[Sequence[str], NDArray[np.bool_]]:
    """The commonest words of some inputs and (S, W) which input has which."""
    reader = CountVectorizer(
        binary=True,
        tokenizer=_WORD.findall,
        token_pattern=None,
        max_df=0.97,
        min_df=3,
        max_features=MOST_WORDS,
    )
    some = texts.gather(at_S.tolist()).to_list()
    try:
        counts_SW = reader.fit_transform(some)
    except ValueError:  # no word is left
        return (), np.zeros((len(some), 0), dtype=np.bool_)
    return reader.get_feature_names_out().tolist(), counts_SW.toarray().astype(np.bool_)
