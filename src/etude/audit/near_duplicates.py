"""Examples that are nearly the same as another, and sentences that many are made of.

It knows links between texts (``_copies``): nine tenths of the 5-grams shared, or fewer where only
politeness, articles, contractions or a slip of the pen differ; and never where a number, a name, a
negation or a contrary does: such rows are no copies, but many made of one sentence are told.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from rapidfuzz import fuzz

from etude.audit._base import EVERY, WRITTEN, Audit, Found, Material, count_of, found
from etude.audit._copies.near import Copies, copies_of
from etude.audit._copies.rows import share, table
from etude.audit.duplicates import COPIES
from etude.records.dataset import Repair

_MOST_KEPT = 5
"""Rows of one cluster that others are compared with."""
_ANSWERS_ALIKE = 90
"""Percent of the letters that two written answers share where they are the same answer."""
_OF_ONE, _FEWEST_OF_ONE = 0.7, 5
"""Similarity of texts that are one sentence, and how many make it a template."""


def run(material: Material) -> Iterable[Found]:
    """Near copies, each with the row that stays; then the rows made of one sentence."""
    if material.frame.is_empty():
        return
    copies = copies_of(material)
    yield from _near(material, copies)
    if not material.frame["cells"].is_not_null().any():
        yield from _templates(material, copies)


def _near(material: Material, copies: Copies) -> Iterable[Found]:
    rows = table(material, copies.forms).filter((pl.col("side") != "left_out") & ~pl.col("stock"))
    cluster_T = copies.clusters(copies.links.copies_P)
    single = rows.sort("rank").unique(COPIES, keep="first", maintain_order=True)
    single = single.with_columns(pl.Series("cluster", cluster_T[single["text"].to_numpy()]))
    kept_apart = ["cluster", "held"]
    if material.task.kind not in WRITTEN:
        kept_apart.append("answer")
    several = single.filter(pl.len().over(kept_apart) > 1).sort(*kept_apart, "rank")
    if several.is_empty():
        return
    hits = []
    for _, part in several.group_by(kept_apart, maintain_order=True):
        hits += _of_cluster(part, copies, written=material.task.kind in WRITTEN)
    if not hits:
        return
    made = pl.DataFrame(hits, schema=["id", "other", "evidence", "score"], orient="row")
    count = len(made)
    yield found(
        "near_duplicates",
        "near_duplicates",
        "warning",
        f"{share(count, len(material.frame))} {'is' if count == 1 else 'are'} nearly the same as "
        f"another with the same target ({count_of(made['other'].n_unique(), 'text')} and their "
        "variants)",
        made.with_columns(field=pl.lit("input")),
        costs="variants of one text are learned as often as they stand, and add little",
        repair=Repair(
            apply="drop",
            sentence="keep one of each (the longest target) and leave its variants out",
        ),
        seconds_each=4,
    )


def _of_cluster(
    part: pl.DataFrame, copies: Copies, *, written: bool
) -> list[tuple[str, str, str, float]]:
    """Rows of a cluster that are near copies of one that stays."""
    kept: list[tuple[str, int, int, str]] = []
    hits = []
    for name, text, answer, target in part.select("id", "text", "answer", "target").iter_rows():
        for other, its_text, its_answer, its_target in kept:
            near = copies.near(text, its_text)
            if near is None:
                continue
            said = near[0].said()
            if written and answer != its_answer:
                # Where the input has another word, the answer's other word may come of it.
                if near[0].call in ("light", "close") or not _same_answer(target, its_target):
                    continue
                said = f"{said}; its answer is nearly the same"
            hits.append((name, other, f"nearly {other}: {said}", near[1]))
            break
        else:
            if len(kept) < _MOST_KEPT:
                kept.append((name, text, answer, target))
    return hits


def _same_answer(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, score_cutoff=_ANSWERS_ALIKE) > 0


def _templates(material: Material, copies: Copies) -> Iterable[Found]:
    rows = _of_one_sentence(material, copies)
    if rows.is_empty():
        return
    firsts = (
        rows.sort("rank")
        .group_by("cluster")
        .agg(
            pl.col("id").first().alias("other"),
            pl.col("text").first().alias("first"),
            pl.len().alias("size"),
        )
    )
    rows = rows.join(firsts, on="cluster").filter(pl.col("text") != pl.col("first"))
    pairs = rows.select("text", "first", "size", "other").iter_rows()
    evidence = [
        f"one of {size:,} like {other}: {copies.difference(text, first).said()}"
        for text, first, size, other in pairs
    ]
    hits = rows.select("id", "other", field=pl.lit("input")).with_columns(
        pl.Series("evidence", evidence, dtype=pl.String),
        score=(rows["size"] / rows["size"].max()).cast(pl.Float64),
    )
    count, largest = int(firsts["size"].sum()), max(firsts["size"].to_list())
    yield found(
        "near_duplicates",
        "templates",
        "note",
        f"{share(count, len(material.frame))} are made of "
        f"{count_of(len(firsts), 'sentence')}, with another number or name in each; the "
        f"commonest has {largest:,}",
        hits,
        costs="there are fewer different ways of saying it than there are examples",
        repair=Repair(apply="add", sentence="add examples in other people's words"),
    )


def _of_one_sentence(material: Material, copies: Copies) -> pl.DataFrame:
    """Rows of texts that differ in a number or name alone, with their ``cluster``."""
    cluster_T = copies.clusters(copies.links.of("value", _OF_ONE))
    sizes = np.bincount(cluster_T)
    rows = table(material, copies.forms).filter(pl.col("side") != "left_out")
    rows = rows.with_columns(pl.Series("cluster", cluster_T[rows["text"].to_numpy()]))
    return rows.filter(pl.Series(sizes[rows["cluster"].to_numpy()] >= _FEWEST_OF_ONE))


AUDIT = Audit("examples that are nearly the same", EVERY - {"image"}, "rows", run)
