"""Examples that are nearly the same as another, and sentences that many are made of.

It knows pairs of rows (``_copies``): nine tenths of the 5-grams shared, or fewer where only
politeness, articles, contractions or a slip of the pen differ; and never where a number, a name, a
negation or a contrary does: such rows are no copies, but many made of one sentence are told. Where a
few words more differ, the row is another's variant: that is told, and nothing is to be left out.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from etude.audit._base import AN_EXAMPLE, EVERY, Audit, Found, Material, count_of, found
from etude.audit._copies.near import Copies, copies_of
from etude.audit._copies.rows import share, table
from etude.audit._copies.variants import pairs_of
from etude.audit.duplicates import COPIES, asked
from etude.records.dataset import Repair

OTHER_WAYS = 3
"""Ways of saying a sentence that are asked for where many examples are made of it."""
_OF_ONE, _FEWEST_OF_ONE = 0.7, 5
"""Similarity of texts that are one sentence, and how many make it a template."""


def run(material: Material) -> Iterable[Found]:
    """Near copies and variants, each with the row that stays; then the rows made of one sentence."""
    if material.frame.is_empty():
        return
    copies = copies_of(material)
    yield from _near(material, copies)
    if not copies.forms.records and not material.frame["cells"].is_not_null().any():
        yield from _templates(material, copies)


def _near(material: Material, copies: Copies) -> Iterable[Found]:
    rows = asked(material, table(material, copies.forms))
    single = rows.sort("rank").unique(COPIES, keep="first", maintain_order=True)
    pairs = pairs_of(material, copies, single.with_columns(part="held")).filter(
        pl.col("variant") & (pl.col("held") == pl.col("its_held"))
    )
    near = _left_for_another(pairs.filter("copy"), set())
    more = _left_for_another(pairs, set(near))
    texts = single.select("id", "text")
    if near:
        yield _told_near(material, _hits(near, texts, copies))
    if more:
        yield _told_variants(material, _hits(more, texts, copies))


def _left_for_another(pairs: pl.DataFrame, gone: set[str]) -> dict[str, tuple[str, float, bool]]:
    """Rows that can go, each with the most similar one that stays, their similarity, and whether
    their targets are the same. Rows ``gone`` already are passed over."""
    left: dict[str, tuple[str, float, bool]] = {}
    earlier = pairs.filter(pl.col("its_rank") < pl.col("rank"))
    columns = earlier.select("id", "its_id", "score", "same_answer").iter_rows()
    for name, other, score, same in columns:
        if name in gone or other in gone or other in left:
            continue
        if name not in left or score > left[name][1]:
            left[name] = (other, score, same)
    return left


def _hits(
    left: dict[str, tuple[str, float, bool]], texts: pl.DataFrame, copies: Copies
) -> pl.DataFrame:
    number = dict(texts.iter_rows())
    rows = []
    for name, (other, score, same) in left.items():
        said = copies.wording.between(number[name], number[other]).said()
        tail = "" if same else "; its answer is nearly the same"
        rows.append((name, other, f"nearly {other}: {said}{tail}", score))
    made = pl.DataFrame(rows, schema=["id", "other", "evidence", "score"], orient="row")
    return made.with_columns(field=pl.lit("input"))


def _told_near(material: Material, made: pl.DataFrame) -> Found:
    count = len(made)
    return found(
        "near_duplicates",
        "near_duplicates",
        "warning",
        f"{share(count, len(material.frame))} {'is' if count == 1 else 'are'} nearly the same as "
        f"another with the same target ({count_of(made['other'].n_unique(), 'text')} and their "
        "variants)",
        made,
        costs="variants of one text are learned as often as they stand, and add little",
        repair=Repair(
            apply="drop",
            sentence="keep one of each (the longest target) and leave its variants out",
        ),
        seconds_each=4,
    )


def _told_variants(material: Material, made: pl.DataFrame) -> Found:
    count = len(made)
    return found(
        "near_duplicates",
        "variants",
        "note",
        f"{share(count, len(material.frame))} {'is' if count == 1 else 'are'} another with a few "
        f"words changed and the same target ({count_of(made['other'].n_unique(), 'text')} and "
        "their variants)",
        made,
        costs="nothing by itself: they count as less than as many different examples",
        repair=Repair(
            apply="add",
            sentence="add examples in other people's words, one for each of these texts",
        ),
        minutes=AN_EXAMPLE * made["other"].n_unique(),
    )


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
        repair=Repair(
            apply="add",
            sentence=f"say each in {OTHER_WAYS} other ways at least, as other people would",
        ),
        minutes=AN_EXAMPLE * OTHER_WAYS * len(firsts),
    )


def _of_one_sentence(material: Material, copies: Copies) -> pl.DataFrame:
    """Rows of texts that differ in a number or name alone, with their ``cluster``."""
    cluster_T = copies.clusters(copies.links.of("value", _OF_ONE))
    sizes = np.bincount(cluster_T)
    rows = table(material, copies.forms).filter(pl.col("side") != "left_out")
    rows = rows.with_columns(pl.Series("cluster", cluster_T[rows["text"].to_numpy()]))
    return rows.filter(pl.Series(sizes[rows["cluster"].to_numpy()] >= _FEWEST_OF_ONE))


AUDIT = Audit("examples that are nearly the same", EVERY - {"image"}, "rows", run)
