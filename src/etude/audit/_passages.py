"""Long passages that stand word for word in nearly every text of a field.

Texts are cut into lines and sentences; those that many share are joined again where they follow one
another. It knows words, and nothing of conversations beyond their text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import polars as pl

from etude.audit._base import Material
from etude.audit._textual import exact

_SPLIT = re.compile(r"(?<=[.!?])\s+|\n+")
_LONG = 12
"""Words of a passage that is worth a word."""
_SHORT = 3
"""Words of a piece of one: below, it is found by chance."""
_MOST = 0.8
"""Share of texts that have it."""
_SAMPLED = 2000
_FEWEST = 20


@dataclass(frozen=True)
class Passage:
    """``where`` is a verb: "begin with", "end with" or "have"."""

    text: str
    words: int
    rows: int
    where: str
    hits: pl.DataFrame


def shared(material: Material, field: str, rows: pl.DataFrame) -> list[Passage]:
    """The passages, the longest first, at most three."""
    texts = rows["text"]
    if len(texts) < _FEWEST:
        return []
    step = max(1, len(texts) // _SAMPLED)
    sample = texts.gather_every(step).to_list()
    if field == "input" and material.task.kind == "chat":
        sample = [_said(text) for text in sample]
    counts: Counter[str] = Counter()
    for text in sample:
        counts.update(set(_pieces(text)))
    common = {piece for piece, count in counts.items() if count >= _MOST * len(sample)}
    found = [
        _passage(material, field, rows, passage)
        for passage in _joined(sample, common)
        if len(passage.split()) >= _LONG
    ]
    return [one for one in found if one.rows >= _MOST * len(rows)][:3]


def _said(text: str) -> str:
    """A conversation without instructions before it: they are meant to be the same."""
    return re.sub(
        r"\Asystem: .*?(?=^(?:user|assistant): )", "", text, flags=re.DOTALL | re.MULTILINE
    )


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in _SPLIT.split(text) if len(piece.split()) >= _SHORT]


def _joined(sample: list[str], common: set[str]) -> list[str]:
    """Common pieces that follow one another in the texts, as one; the longest first."""
    runs: Counter[str] = Counter()
    for text in sample:
        start = end = None
        at = 0
        for piece in _SPLIT.split(text):
            begins = text.index(piece, at)
            at = begins + len(piece)
            if piece.strip() in common:
                start = begins if start is None else start
                end = at
            elif piece.strip() and start is not None:
                runs[text[start:end].strip()] += 1
                start = None
        if start is not None:
            runs[text[start:end].strip()] += 1
    usual = [run for run, count in runs.items() if count >= _MOST * len(sample)]
    usual.sort(key=len, reverse=True)
    return usual


def _passage(material: Material, field: str, rows: pl.DataFrame, passage: str) -> Passage:
    having = rows.filter(pl.col("text").str.contains(passage, literal=True))
    before = pl.col("text").str.splitn(passage, 2).struct.field("field_0")
    hits = having.with_columns(before.str.len_chars().cast(pl.Int64).alias("start"))
    placed = exact(material, field)
    starts = (hits["text"].str.starts_with(passage)).mean()
    ends = (hits["text"].str.ends_with(passage)).mean()
    where = "begin with" if starts > 0.9 else "end with" if ends > 0.9 else "have"  # type: ignore[operator]
    return Passage(
        passage,
        len(passage.split()),
        len(having),
        where,
        hits.select(
            "id",
            pl.lit(field).alias("field"),
            (pl.col("start") if placed else pl.lit(None, pl.Int64)).alias("start"),
            (pl.col("start") + len(passage) if placed else pl.lit(None, pl.Int64)).alias("end"),
            pl.lit(passage[:200]).alias("evidence"),
            pl.lit(0.9).alias("score"),
        ),
    )
