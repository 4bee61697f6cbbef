"""Examples that stand more than once: the same input with the same target.

It knows inputs and targets after normalisation (case, spaces, Unicode forms); what is only nearly
the same is for ``near_duplicates``. A short text of several of the person's own groups ("yes" in
many conversations) is no copy, unless its answer is a long one. Copies in training and in the
examples kept aside are counted apart: one in both is for ``leaks``.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from etude.audit._base import EVERY, Audit, Found, Material, found
from etude.audit._copies.near import copies_of
from etude.audit._copies.rows import quoted, share, table
from etude.audit._copies.variants import is_long
from etude.records.dataset import Repair

COPIES = ["same", "answer", "held"]
"""Rows that agree in these are copies."""


def run(material: Material) -> Iterable[Found]:
    """Rows that another says as well, each with the one that stays."""
    if material.frame.is_empty():
        return
    forms = copies_of(material).forms
    rows = asked(material, table(material, forms))
    copies = rows.filter(pl.len().over(COPIES) > 1)
    if copies.is_empty():
        return
    kept = pl.col("id").sort_by("rank").first().over(COPIES)
    extra = copies.with_columns(kept.alias("other")).filter(pl.col("id") != pl.col("other"))
    texts = copies.select(COPIES).n_unique()
    hits = extra.select(
        "id",
        "other",
        field=pl.lit("input"),
        evidence=pl.lit("the same as ") + pl.col("other") + ": " + quoted("input"),
        score=pl.lit(1.0),
    )
    most = max(copies.group_by(COPIES).len()["len"].to_list())
    yield found(
        "duplicates",
        "duplicates",
        "warning",
        f"{share(len(extra), len(material.frame))} {'repeats' if len(extra) == 1 else 'repeat'} "
        f"another, input and target ({_often(texts, most)})",
        hits,
        costs="what stands twice is learned twice as hard, and there are fewer examples than it "
        "seems",
        repair=Repair(
            apply="drop", sentence="keep one of each (the longest target) and leave the rest out"
        ),
        seconds_each=1,
    )


def _often(texts: int, most: int) -> str:
    """How many texts stand how often."""
    times = "twice" if most == 2 else f"{most:,} times"
    if texts == 1:
        return f"1 text stands {times}"
    if most == 2:
        return f"{texts:,} texts stand twice"
    return f"{texts:,} texts stand more than once, one of them {times}"


def asked(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that may be copies: a short text of several groups is one where its answer is long."""
    long = pl.Series(is_long(rows["target"], material.task.kind))
    return rows.filter((pl.col("side") != "left_out") & (~pl.col("stock") | long))


AUDIT = Audit("examples that stand more than once", EVERY - {"image"}, "rows", run)
