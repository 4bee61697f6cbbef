"""Pairs of texts that mean the same in other words, by their vectors and by what guards them.

It composes vectors (``meaning``) with what differs between two texts (``wording``), for vectors are
blind to numbers, names and negations. Two texts that few others have the same long answer as
(``variants``) need to be less near, and no guard: the answer says already that they mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import LABELLED, Material
from etude.audit._copies.meaning import pairs_above
from etude.audit._copies.near import COPY, VARIANT, Copies
from etude.audit._copies.variants import is_long, texts_of_one_answer
from etude.audit._copies.wording import tokens

MEANS_THE_SAME = 0.92
IN_SIMILAR_WORDS = 0.88
"""Cosine that is enough where many of the letters are the same as well."""
SIMILAR_WORDS = 0.4
OF_ONE_ANSWER = 0.8
"""Cosine that is enough where both have one long answer."""
_MOST_PAIRS = 1_000_000


def pairs_of_sense(material: Material, copies: Copies, rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows that mean the same and are no copies, the surest first.

    Columns of the second row have ``its_`` before their names; ``cosine`` says how near, ``score``
    how similar their letters are.

    Args:
        material: what the rows are of.
        copies: its copies.
        rows: with ``said`` (what is embedded) and ``beside`` (what must be the same as well).
    """
    texts = rows.unique("text", keep="first", maintain_order=True).select("text", "said")
    if material.embed is None or len(texts) < 2:
        return pl.DataFrame()
    vectors = np.asarray(material.embed(texts["said"].to_list()), dtype=np.float32)
    number_T = texts["text"].to_numpy()
    places, cosines = pairs_above(vectors, IN_SIMILAR_WORDS)
    places, cosines = places[:_MOST_PAIRS], cosines[:_MOST_PAIRS]
    numbers = number_T[places].reshape(-1, 2)
    kept = _same_sense(copies, numbers, cosines)
    found = list(zip(*numbers[kept].T.tolist(), cosines[kept].tolist(), strict=True))
    if material.task.kind not in LABELLED:
        known = {(one, other) for one, other, _ in found}
        at = {number: place for place, number in enumerate(number_T.tolist())}
        found += list(_of_one_answer(material, copies, rows, at, vectors, known))
    schema = {"text": pl.Int64, "its_text": pl.Int64, "cosine": pl.Float64}
    made = pl.DataFrame(found, schema=schema, orient="row")
    return _of_rows(
        made.with_columns(pl.col("cosine").clip(upper_bound=1.0)), copies, material, rows
    )


def _same_sense(
    copies: Copies, pairs: NDArray[np.int64], cosines: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Pairs whose difference is not known to matter."""
    kept = np.zeros(len(pairs), dtype=np.bool_)
    for place, (one, other) in enumerate(pairs.tolist()):
        if copies.wording.between(one, other).call in ("value", "other"):
            continue
        near = cosines[place] >= MEANS_THE_SAME
        kept[place] = near or copies.similarity(one, other) >= SIMILAR_WORDS
    return kept


def _of_one_answer(
    material: Material,
    copies: Copies,
    rows: pl.DataFrame,
    at: dict[int, int],
    vectors: NDArray[np.float32],
    known: set[tuple[int, int]],
) -> Iterator[tuple[int, int, float]]:
    longs = rows.with_columns(pl.Series("long", is_long(rows["target"], material.task.kind)))
    for texts in texts_of_one_answer(longs):
        for one, other in combinations(texts, 2):
            pair = (one, other) if at[one] < at[other] else (other, one)
            cosine = float(vectors[at[one]] @ vectors[at[other]])
            if cosine >= OF_ONE_ANSWER and pair not in known:
                yield (*pair, cosine)


def _of_rows(
    pairs: pl.DataFrame, copies: Copies, material: Material, rows: pl.DataFrame
) -> pl.DataFrame:
    mine = rows.select("id", "at", "text", "answer", "target", "held", "fold", "beside", "said")
    its = mine.rename({name: f"its_{name}" for name in mine.columns})
    both = pairs.join(mine, on="text").join(its, on="its_text")
    both = both.filter(pl.col("beside") == pl.col("its_beside"))
    columns = ("text", "its_text", "answer", "its_answer", "target", "its_target")
    alike = VARIANT if material.task.kind in LABELLED else COPY
    judged = [_judged(copies, alike, *pair) for pair in both.select(columns).iter_rows()]
    both = both.with_columns(pl.Series("score", judged, dtype=pl.Float64)).drop_nulls("score")
    return both.sort("cosine", "at", "its_at", descending=[True, False, False])


def _judged(
    copies: Copies,
    alike: dict[str, float],
    one: int,
    other: int,
    mine: int,
    its: int,
    target: str,
    its_target: str,
) -> float | None:
    """How similar two texts are; None where that is told elsewhere, or where the answers tell that
    another word of the input asks for something else."""
    words, score = copies.wording.between(one, other), copies.similarity(one, other)
    if mine == its:
        return None if score >= alike.get(words.call, 2.0) else score
    changed = {*words.mine, *words.theirs}
    answers = set(tokens(target.lower())) ^ set(tokens(its_target.lower()))
    return None if changed & answers else score
