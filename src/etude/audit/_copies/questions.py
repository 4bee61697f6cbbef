"""Which texts ask for the same thing, so that two answers to them can be held against one another.

Stricter than being alike: a word that changes little may be what two labels differ by. So for labels
only politeness is passed over, and that only where no label is about politeness; where answers are
written, words that add little as well. For records it is asked which field differing words are about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import LABELLED, WRITTEN, Material
from etude.audit._copies.courtesy import is_courteous
from etude.audit._copies.near import COPY, Copies
from etude.audit._copies.rows import plain
from etude.audit._copies.wording import tokens
from etude.audit._json_text import json_of

_POLITE_LABEL = 0.5
"""Share of a label's texts that greet or thank where that is what it is about."""
_VALUE_WORD = 3
"""Letters of a word that a value is known by."""

Chosen = NDArray[np.bool_]


def one_question(material: Material, copies: Copies, rows: pl.DataFrame) -> Chosen:
    """Links between texts that ask for the same thing.

    Args:
        material: what the rows are of.
        copies: its copies.
        rows: with ``text`` and ``target``.
    """
    links, kind = copies.links, material.task.kind
    polite_P = links.of("polite", COPY["polite"])
    if kind in LABELLED:
        polite_P = _not_about_politeness(polite_P, copies, rows)
    chosen_P = (links.of("same") & links.copies_P) | polite_P
    return chosen_P | links.of("light", COPY["light"]) if kind in WRITTEN else chosen_P


def _not_about_politeness(polite_P: Chosen, copies: Copies, rows: pl.DataFrame) -> Chosen:
    """Of links, those between texts of which no label is mostly on greetings or thanks."""
    linked = np.unique(copies.links.pairs[polite_P])
    if not len(linked):
        return polite_P
    asked = rows.filter(pl.col("text").is_in(linked))["target"].unique()
    some = rows.filter(pl.col("target").is_in(asked.implode())).unique(["text", "target"])
    bares = copies.forms.bare_T
    polite = [is_courteous(tokens(bares[text])) for text in some["text"].to_list()]
    shares = some.with_columns(pl.Series("polite", polite)).group_by("target").agg(
        pl.col("polite").mean()
    )  # fmt: skip
    about = shares.filter(pl.col("polite") >= _POLITE_LABEL)["target"]
    texts = set(rows.filter(pl.col("target").is_in(about.implode()))["text"].to_list())
    clear_T = np.ones(len(bares), dtype=np.bool_)
    clear_T[list(texts)] = False
    return np.asarray(polite_P & clear_T[copies.links.pairs].all(axis=1), dtype=np.bool_)


def beside_the_point(mine: str, theirs: str, words: Iterable[str]) -> bool:
    """Whether two records differ only in fields that ``words`` say nothing of.

    A field that one of them lacks, or whose value shares a word with ``words``, may be what the
    words are about.
    """
    a, b = _record(mine), _record(theirs)
    if a is None or b is None:
        return False
    said = {word for word in words if len(word) >= _VALUE_WORD or word.isdigit()}
    different = [name for name in {**a, **b} if plain([a.get(name)]) != plain([b.get(name)])]
    for name in different:
        values = [record.get(name) for record in (a, b)]
        if any(value in (None, "", [], {}) or said & _words(value) for value in values):
            return False
    return bool(different)


def _record(text: str) -> dict[str, Any] | None:
    value = json_of(text)
    return value if isinstance(value, dict) else None


def _words(value: Any) -> set[str]:
    return set(tokens(json.dumps(value, ensure_ascii=False).lower().translate(_MARKS)))


_MARKS = str.maketrans(dict.fromkeys('[]{}",:.;-/()', " "))
