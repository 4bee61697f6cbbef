"""Pairs of rows that say the same with little changed, and are to be answered alike.

It composes the links between texts (``near``) with what the rows' targets say. Two strengths. A
*copy* may stand for the other whatever its label. A *variant* has a few words more changed, which
alone proves little; so it counts only where the target is the same label, or the same long answer
that hardly any other row has. Of those rows all are compared with one another, for the answer says
already that they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import polars as pl
from rapidfuzz import fuzz

from etude.audit._base import LABELLED, WRITTEN, Material
from etude.audit._copies.near import COPY, OF_ONE_ANSWER, VARIANT, Copies
from etude.audit._json_text import json_of

_ANSWERS_ALIKE = 90
"""Percent of the letters that two written answers share where they are the same answer."""
_LONG_ANSWER = 5
"""Words of a written answer, from which on it is no "yes, we do"."""
_FULL_RECORD = 3
"""Values of a record, from which on it is no mere label."""
_RARE_ANSWER = 8
"""Texts that have one answer: an answer of more is a stock one."""
_MOST_COMPARED = 5
"""Rows of one text, with other punctuation or another answer, that others are compared with."""

_ROW = ("id", "at", "rank", "text", "answer", "target", "part", "held", "beside", "long")
_LINKS = {"text": pl.Int64, "its_text": pl.Int64, "score": pl.Float64, "call": pl.String}


def pairs_of(material: Material, copies: Copies, rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of ``rows``, each from both of its sides; the second row's columns begin with ``its_``.

    Further columns: ``score`` (similarity), ``same_answer``, ``copy`` and ``variant`` (which of the
    two strengths; ``variant`` is true of copies with the same answer as well).

    Args:
        material: what the rows are of.
        copies: its copies.
        rows: of ``rows.table``, with ``part``: equal rows of one part count once.
    """
    kind = material.task.kind
    given = material.frame["context"].fill_null("") != ""
    single = rows.with_columns(
        pl.Series("long", is_long(rows["target"], kind)),
        pl.Series("given", given.gather(rows["at"])),
    )
    single = single.sort("rank").unique(
        ["same", "part", "answer"], keep="first", maintain_order=True
    )
    mine = single.select(*_ROW, "given")
    first = pl.col("id").cum_count().over("text", "part", "beside") <= _MOST_COMPARED
    its = mine.filter(first).select(pl.col(name).alias(f"its_{name}") for name in _ROW)
    links = _links(material, copies, single)
    both = mine.join(links, on="text").join(
        its, left_on=["its_text", "beside"], right_on=["its_text", "its_beside"]
    )
    both = both.filter(pl.col("at") != pl.col("its_at"))
    return _judged(both, kind).sort("rank", "its_rank")


def is_long(targets: pl.Series, kind: str) -> pl.Series:
    """Whether an answer says much by itself."""
    if kind in LABELLED:
        return pl.repeat(False, len(targets), eager=True)
    if kind in WRITTEN:
        return targets.str.count_matches(r"\w+") >= _LONG_ANSWER
    distinct = targets.unique()
    full = {text: _values(json_of(text)) >= _FULL_RECORD for text in distinct.to_list()}
    return targets.replace_strict(full, return_dtype=pl.Boolean)


def _values(value: Any) -> int:
    """How many values a record gives."""
    if isinstance(value, dict):
        return sum(_values(one) for one in value.values())
    if isinstance(value, list):
        return sum(_values(one) for one in value)
    return value not in (None, "")


def _links(material: Material, copies: Copies, rows: pl.DataFrame) -> pl.DataFrame:
    """Links between texts from both of their sides, and of a text of several rows with itself."""
    links = copies.links
    found = pl.DataFrame(
        {
            "text": links.pairs[:, 0],
            "its_text": links.pairs[:, 1],
            "score": links.score_P,
            "call": pl.Series(copies.lenient_P, dtype=pl.String),
        }
    )
    if material.task.kind not in LABELLED and not copies.forms.records:
        known = set(links.pairs[:, 0] * len(copies.forms.bare_T) + links.pairs[:, 1])
        more = _of_one_answer(copies, rows, known)
        found = pl.concat([found, pl.DataFrame(list(more), schema=_LINKS, orient="row")])
    least = {call: min(of.get(call, 2.0) for of in (COPY, OF_ONE_ANSWER)) for call in COPY}
    floor = pl.col("call").replace_strict(least, default=2.0, return_dtype=pl.Float64)
    found = found.filter(pl.col("score") >= floor)
    back = found.select(
        pl.col("its_text").alias("text"), pl.col("text").alias("its_text"), "score", "call"
    )
    own = (
        rows.filter(pl.len().over("text") > 1)
        .unique("text")
        .select("text", its_text="text", score=pl.lit(1.0), call=pl.lit("same"))
    )
    return pl.concat([found, back, own])


def _of_one_answer(
    copies: Copies, rows: pl.DataFrame, known: set[int]
) -> Iterator[tuple[int, int, float, str]]:
    """Texts that few have the same long answer as, compared however little they share."""
    count = len(copies.forms.bare_T)
    for texts in texts_of_one_answer(rows):
        for one, other in combinations(texts, 2):
            if one * count + other not in known:
                known.add(one * count + other)
                call = copies.wording.between(one, other).call
                yield one, other, copies.similarity(one, other), call


def texts_of_one_answer(rows: pl.DataFrame) -> Iterator[list[int]]:
    """Texts, in ascending order, that few others have the same long answer as.

    Args:
        rows: with ``text``, ``answer``, ``beside`` (what stands beside the input) and ``long``.
    """
    texts = rows.filter("long").unique(["answer", "beside", "text"], maintain_order=True)
    size = pl.len().over("answer", "beside")
    few = texts.filter((size > 1) & (size <= _RARE_ANSWER)).sort("answer", "beside", "text")
    for _, part in few.group_by("answer", "beside", maintain_order=True):
        yield part["text"].to_list()


def _judged(both: pl.DataFrame, kind: str) -> pl.DataFrame:
    def least(table: dict[str, float]) -> pl.Expr:
        return pl.col("call").replace_strict(table, default=2.0, return_dtype=pl.Float64)

    same = pl.col("answer") == pl.col("its_answer")
    if kind in LABELLED:
        variant = same & (pl.col("score") >= least(VARIANT))
    else:
        rare = same & pl.col("long") & (pl.col("score") >= least(OF_ONE_ANSWER))
        variant = rare | (pl.col("copy") & same)
    made = both.with_columns(
        same.alias("same_answer"), (pl.col("score") >= least(COPY)).alias("copy")
    )
    if kind not in WRITTEN:
        return made.with_columns(variant.alias("variant"))
    # Where the input has another word, the answer's other word may come of it; not where a context
    # gives the facts.
    harmless = pl.col("call").is_in(["same", "polite"]) & pl.col("copy")
    asked = harmless | (pl.col("given") & (pl.col("score") >= least(VARIANT)))
    open_ = made.filter(~same & asked).select("answer", "its_answer", "target", "its_target")
    distinct = open_.unique(["answer", "its_answer"])
    alike = [
        fuzz.ratio(mine, its, score_cutoff=_ANSWERS_ALIKE) > 0
        for mine, its in distinct.select("target", "its_target").iter_rows()
    ]
    table = distinct.select("answer", "its_answer").with_columns(
        pl.Series("alike", alike, dtype=pl.Boolean)
    )
    made = made.join(table, on=["answer", "its_answer"], how="left")
    nearly = pl.col("alike").fill_null(value=False) & asked
    return made.with_columns((variant | nearly).alias("variant"))
