"""Training examples that stand among the examples kept aside, exactly or nearly.

It knows sides and folds. Copies that the split has left out of training are no leaks, and are told
where the split is. Where every example is scored in turn, a leak is a copy in another fold. What
only means the same is normal in a narrow task, and is reported by ``same_meaning``, for the score
to be shown with and without. A short text ("where is my card") comes again by itself, so a near
copy counts only from ``STOCK_LENGTH`` characters, where nine tenths are shared, or where both have
one long answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import EVERY, Audit, Found, Material, found
from etude.audit._copies.near import Copies, copies_of
from etude.audit._copies.rows import quoted, share, table
from etude.audit._copies.variants import pairs_of
from etude.data.conversations import Turn, turns_of
from etude.data.copies import THRESHOLD
from etude.data.groups import STOCK_LENGTH
from etude.data.text import normal_form
from etude.records.dataset import Repair

_SHORTEST = 20
"""Characters of a variant: it is no error, and its target is the same, so that less is enough."""
_COSTS = "the model is tested on what it has seen, so the score is better than it will be at work"


def run(material: Material) -> Iterable[Found]:
    """Copies, continued conversations, near copies and variants on both sides."""
    if material.frame.is_empty():
        return
    copies = copies_of(material)
    rows = _sides(table(material, copies.forms))
    if rows["part"].n_unique() < 2:
        return
    crossed = not rows["held"].any()
    exact = _exact(rows)
    if material.task.kind == "chat":
        exact = pl.concat([exact, _continued(rows)]).unique("id", keep="first")
    if len(exact):
        yield _told(material, "leaks", "the same as", exact, crossed)
    near = _near(rows.filter(~pl.col("id").is_in(exact["id"].implode())), rows, copies)
    if len(near):
        yield _told(material, "near_leaks", "nearly the same as", near, crossed)
    told = [*exact["id"].to_list(), *near["id"].to_list()]
    variants = _variants(material, rows.filter(~pl.col("stock")), copies, told)
    if len(variants):
        yield _told_variants(material, variants, crossed)


def _sides(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that are learned from or held out, with ``part``: 0 learned, 1 held out; or the fold."""
    if rows["held"].any():
        kept = rows.filter(pl.col("side") != "left_out")
        return kept.with_columns(part=pl.col("held").cast(pl.Int64))
    kept = rows.filter((pl.col("side") == "all") & pl.col("fold").is_not_null())
    return kept.with_columns(part=pl.col("fold").cast(pl.Int64))


def _exact(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the first copy in another part; of a held-out pair, the training row."""
    asked = rows.filter(~pl.col("stock"))
    first = (
        asked.sort("held", "at", descending=[True, False])
        .group_by("same")
        .agg(
            pl.col("id").first().alias("other"),
            pl.col("part").first().alias("other_part"),
            pl.col("held").first().alias("other_held"),
        )
    )
    both = asked.join(first, on="same").filter(pl.col("part") != pl.col("other_part"))
    return both.filter(~pl.col("held")).select(
        "id",
        "other",
        evidence=pl.lit("the same as ") + pl.col("other") + ": " + quoted("input"),
        score=pl.lit(1.0),
    )


def _near(open_rows: pl.DataFrame, rows: pl.DataFrame, copies: Copies) -> pl.DataFrame:
    links = copies.links
    lengths = copies.forms.bare_T.str.len_chars().to_numpy()
    long = (lengths[links.pairs] >= STOCK_LENGTH).all(axis=1)
    close = links.copies_P & (links.score_P >= THRESHOLD)
    chosen = close | ((links.of("same") | links.of("polite")) & links.copies_P & long)
    mine, theirs, scores = _both_ways(links.pairs[chosen], links.score_P[chosen], lengths)
    made = pl.DataFrame({"text": mine, "its": theirs, "score": scores})
    here = open_rows.filter(~pl.col("held") & ~pl.col("stock")).select(
        "id", "at", "text", "part", "beside"
    )
    there = rows.filter(~pl.col("stock")).select(
        pl.col("text").alias("its"),
        "beside",
        pl.col("id").alias("other"),
        pl.col("part").alias("its_part"),
        pl.col("at").alias("its_at"),
        pl.col("held").alias("its_held"),
    )
    # One row a text and part is enough to name: a text of a thousand rows makes no million pairs.
    there = there.unique(["its", "its_part", "beside"], keep="first", maintain_order=True)
    both = here.join(made, on="text").join(there, on=["its", "beside"])
    both = both.filter(pl.col("part") != pl.col("its_part"))
    if not rows["held"].any():
        # Between folds either may go: the later is named.
        both = both.filter(pl.col("its_at") < pl.col("at"))
    best = both.sort("score", "its_at", descending=[True, False]).unique(
        "id", keep="first", maintain_order=True
    )
    pairs = best.select("text", "its", "other").iter_rows()
    evidence = [f"nearly {other}: {copies.difference(a, b).said()}" for a, b, other in pairs]
    return best.select("id", "other", "score").with_columns(
        pl.Series("evidence", evidence, dtype=pl.String)
    )


def _variants(
    material: Material, rows: pl.DataFrame, copies: Copies, told: Sequence[str]
) -> pl.DataFrame:
    """Rows that are a held-out one with a few words more changed, and have its target."""
    pairs = pairs_of(material, copies, rows).filter(
        pl.col("variant") & (pl.col("part") != pl.col("its_part")) & ~pl.col("held")
    )
    if rows["held"].any():
        pairs = pairs.filter("its_held")
    else:
        pairs = pairs.filter(pl.col("its_at") < pl.col("at"))
    lengths = copies.forms.bare_T.str.len_chars()
    shorter = pl.min_horizontal(
        lengths.gather(pairs["text"]).alias("a"), lengths.gather(pairs["its_text"]).alias("b")
    )
    one_long_answer = pl.col("long") & pl.col("same_answer")
    pairs = pairs.filter((shorter >= _SHORTEST) | (pl.col("score") >= THRESHOLD) | one_long_answer)
    best = pairs.sort("score", "its_at", descending=[True, False]).unique("id", keep="first")
    # Equal rows were looked at once.
    key = ["same", "part", "answer"]
    first = rows.select("id", *key).join(
        best.select("id", "text", "its_text", "its_id", "score"), on="id"
    )
    hits = (
        rows.select(*key, every="id").join(first, on=key).filter(~pl.col("every").is_in(list(told)))
    )
    shown = hits.select("text", "its_text", "its_id").iter_rows()
    said = [f"much like {other}: {copies.wording.between(a, b).said()}" for a, b, other in shown]
    return hits.select(id="every", other="its_id", score="score").with_columns(
        pl.Series("evidence", said, dtype=pl.String)
    )


def _both_ways(
    pairs: NDArray[np.int64], scores: NDArray[np.float64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Links in both directions, and of each text with itself (only punctuation differs)."""
    own = np.arange(len(lengths))
    mine = np.concatenate([pairs[:, 0], pairs[:, 1], own])
    theirs = np.concatenate([pairs[:, 1], pairs[:, 0], own])
    return mine, theirs, np.concatenate([scores, scores, np.full(len(own), 0.99)])


def _continued(rows: pl.DataFrame) -> pl.DataFrame:
    """Conversations that go on where one of another part ends: they hold its input and its answer."""
    ends: dict[tuple[str, str], tuple[str, int, bool]] = {}
    talks = [turns_of(text) for text in rows["input"].to_list()]
    places = rows.select("id", "part", "held", "target").to_dicts()
    for talk, row in sorted(zip(talks, places, strict=True), key=lambda pair: not pair[1]["held"]):
        said = _said(talk)
        if len(said) > STOCK_LENGTH:
            key = said, normal_form(row["target"])
            ends.setdefault(key, (row["id"], row["part"], row["held"]))
    hits = []
    for talk, row in zip(talks, places, strict=True):
        if row["held"]:
            continue
        for beginning, answer in _beginnings(talk):
            end = ends.get((beginning, normal_form(answer)))
            if end is not None and end[1] != row["part"]:
                words = f"goes on from {end[0]}: it holds its input and its answer"
                hits.append((row["id"], end[0], words, 1.0))
                break
    return pl.DataFrame(
        hits,
        schema={"id": pl.String, "other": pl.String, "evidence": pl.String, "score": pl.Float64},
        orient="row",
    )


def _said(turns: Sequence[Turn]) -> str:
    return "\n".join(normal_form(turn.content) for turn in turns if turn.role != "system")


def _beginnings(turns: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    """What was said before each of the assistant's messages, and the message."""
    so_far = ""
    for turn in turns:
        if turn.role == "system":
            continue
        if turn.role == "assistant" and so_far:
            yield so_far, turn.content
        so_far = f"{so_far}\n{normal_form(turn.content)}" if so_far else normal_form(turn.content)


def _told(material: Material, code: str, how: str, hits: pl.DataFrame, crossed: bool) -> Found:
    count, are = len(hits), "is" if len(hits) == 1 else "are"
    where = (
        "one in another of the parts that are scored in turn"
        if crossed
        else "one of those kept aside to measure on"
    )
    near_in_folds = crossed and code == "near_leaks"
    return found(
        "leaks",
        code,
        "warning" if near_in_folds else "error",
        f"{share(count, len(material.frame))} {are} learned from and {are} {how} {where}",
        hits.with_columns(field=pl.lit("input")),
        costs=_COSTS,
        repair=Repair(
            apply="drop",
            sentence="keep one of each"
            if crossed
            else "take them out of training; the examples kept aside stay as they are",
        ),
        seconds_each=2,
    )


def _told_variants(material: Material, hits: pl.DataFrame, crossed: bool) -> Found:
    count = len(hits)
    where = "one in another of the parts that are scored in turn" if crossed else "one kept aside"
    return found(
        "leaks",
        "leaked_variants",
        "note" if crossed else "warning",
        f"{share(count, len(material.frame))} {'is' if count == 1 else 'are'} learned from and much "
        f"like {where}: a few words changed, the same target",
        hits.with_columns(field=pl.lit("input")),
        costs="where real inputs will be less alike, the score is better than it will be at work",
        repair=Repair(
            apply="decide",
            sentence="leave out those that were made from one another; keep what people really ask "
            "in nearly the same words",
        ),
        seconds_each=6,
    )


AUDIT = Audit("training examples that stand among those kept aside", EVERY - {"image"}, "rows", run)
