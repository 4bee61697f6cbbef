"""Pairs of labels that are taken for one another, and labels that are hardly recognised.

From the answers of a classifier that has not seen the rows. A pair overlaps where its labels are
taken for one another more often than mistakes fall on a pair by chance, and often at all. Labels with
too few examples to be learned are told when the examples are split; they stand in no pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import poisson

from etude.audit._base import A_CHANGE, LABELLED, Audit, Found, Material, count_of, found
from etude.audit._labelled import Unseen, percent, shortened, unseen
from etude.records.dataset import Repair
from etude.statistics.multiple import benjamini_hochberg
from etude.statistics.proportions import wilson

KEY = "classes"
OVERLAP = 0.1
"""Of a pair's rows, the share that is taken for the other label: its lower limit must reach this."""
SERIOUS = 0.25
"""The same share, from which on a pair is a warning: one row in four is near to a coin's toss."""
FEWEST_SWAPPED = 5
FALSE_ALARMS = 0.05
"""Share of pairs that may be told though mistakes fell on them by chance (Benjamini–Hochberg)."""
HARDLY = 0.5
"""A label is hardly recognised where the upper limit of its share of right answers is below this."""
NAMED_PAIRS = 4
SECONDS = 15


@dataclass(frozen=True)
class Pair:
    """Two labels; of the ``rows`` that bear one of them, ``forth`` of the first are taken for the
    second and ``back`` of the second for the first. Rows of one group count once a label."""

    first: int
    second: int
    forth: int
    back: int
    rows: int

    @property
    def share(self) -> float:
        """Of the pair's rows, those taken for the other label."""
        return (self.forth + self.back) / self.rows


def run(material: Material) -> Iterator[Found]:
    """Overlapping pairs, then labels that are hardly recognised; nothing is said by a classifier that
    does no better than chance."""
    rows = unseen(material)
    if rows is None:
        return
    agreed, chance = rows.agreement()
    if agreed.low <= chance:
        return
    counts_LL = _counts(rows)
    pairs = overlapping(counts_LL, rows.known_L)
    if pairs:
        yield _overlap(rows, pairs)
    weak = _hardly(counts_LL, rows.known_L, agreed.low)
    if weak:
        yield _unrecognised(rows, counts_LL, weak)


def _counts(rows: Unseen) -> NDArray[np.int64]:
    """Rows by own (row) and likeliest (column) label; equal ones of one group count once."""
    learned = rows.learned_M
    table = np.stack([rows.groups_M, rows.given_M, rows.guess_M], axis=1)[learned]
    different = np.unique(table, axis=0)
    count = len(rows.labels)
    pairs = np.bincount(different[:, 1] * count + different[:, 2], minlength=count * count)
    return pairs.reshape(count, count).astype(np.int64)


def overlapping(counts_LL: NDArray[np.int64], known_L: NDArray[np.bool_]) -> list[Pair]:
    """Pairs that overlap, the worst first.

    By chance a label's mistakes fall on the others as these are frequent.
    """
    wrong_LL = counts_LL - np.diag(np.diag(counts_LL))
    swapped_LL = wrong_LL + wrong_LL.T
    first, second = np.nonzero(np.triu(swapped_LL >= FEWEST_SWAPPED, k=1))
    kept = known_L[first] & known_L[second]
    first, second = first[kept], second[kept]
    if not len(first):
        return []
    size_L, mistaken_L = counts_LL.sum(axis=1), wrong_LL.sum(axis=1)
    others_L = np.maximum(size_L.sum() - size_L, 1)
    usual = (
        mistaken_L[first] * size_L[second] / others_L[first]
        + mistaken_L[second] * size_L[first] / others_L[second]
    )
    chances = poisson.sf(swapped_LL[first, second] - 1, usual)
    # Of two labels each mistake falls on the other: nothing to be compared with.
    likely = (benjamini_hochberg(chances) <= FALSE_ALARMS) | (len(size_L) == 2)
    pairs = [
        Pair(int(a), int(b), int(wrong_LL[a, b]), int(wrong_LL[b, a]), int(size_L[a] + size_L[b]))
        for a, b, told in zip(first, second, likely, strict=True)
        if told
    ]
    often = [pair for pair in pairs if wilson(pair.forth + pair.back, pair.rows).low >= OVERLAP]
    return sorted(often, key=lambda pair: (-pair.share, pair.first, pair.second))


def _overlap(rows: Unseen, pairs: list[Pair]) -> Found:
    named = "; ".join(_named(rows.labels, pair) for pair in pairs[:NAMED_PAIRS])
    more = f"; and {len(pairs) - NAMED_PAIRS:,} more" if len(pairs) > NAMED_PAIRS else ""
    serious = any(pair.share >= SERIOUS for pair in pairs)
    are = "pair of labels is" if len(pairs) == 1 else "pairs of labels are"
    return found(
        KEY,
        "overlapping_labels",
        "warning" if serious else "note",
        f"{len(pairs):,} {are} often taken for one another by a quick classifier that has not seen "
        f"the rows: {named}{more}",
        pl.concat([_swapped(rows, pair) for pair in pairs]),
        costs="where the border between two labels is not drawn, people and models answer by chance",
        repair=Repair(
            apply="decide",
            sentence="say in `labels` in etude.yaml what tells the two apart and sort these rows by "
            "it, or make one label of both",
        ),
        seconds_each=SECONDS,
    )


def _named(labels: tuple[str, ...], pair: Pair) -> str:
    return (
        f"{shortened(labels[pair.first])} and {shortened(labels[pair.second])} "
        f"({pair.forth + pair.back:,} of {pair.rows:,}, {percent(pair.share)})"
    )


def _swapped(rows: Unseen, pair: Pair) -> pl.DataFrame:
    """The pair's rows that are taken for the other label, those of both in one frame."""
    given, guess = rows.given_M, rows.guess_M
    forth = (given == pair.first) & (guess == pair.second)
    back = (given == pair.second) & (guess == pair.first)
    at = np.flatnonzero((forth | back) & rows.learned_M)
    names = np.array([shortened(label) for label in rows.labels], dtype=object)
    return pl.DataFrame(
        {
            "id": rows.frame["id"][at],
            "given": names[given[at]].astype(str),
            "taken": names[guess[at]].astype(str),
            "score": rows.probabilities_ML[at, guess[at]],
        }
    ).select(
        "id",
        pl.lit("target").alias("field"),
        pl.format("labelled {}, reads like {}", "given", "taken").alias("evidence"),
        "score",
    )


def _hardly(counts_LL: NDArray[np.int64], known_L: NDArray[np.bool_], usual: float) -> list[int]:
    """Labels recognised less than ``HARDLY`` and less than labels usually are, the weakest first."""
    size_L, right_L = counts_LL.sum(axis=1), np.diag(counts_LL)
    limit = min(HARDLY, usual)
    weak = [
        int(label)
        for label in np.flatnonzero(known_L)
        if wilson(int(right_L[label]), int(size_L[label])).high < limit
    ]
    return sorted(weak, key=lambda label: (right_L[label] / size_L[label], label))


def _unrecognised(rows: Unseen, counts_LL: NDArray[np.int64], weak: list[int]) -> Found:
    named = "; ".join(
        f"{shortened(rows.labels[label])} ({counts_LL[label, label]:,} of "
        f"{counts_LL[label].sum():,} recognised)"
        for label in weak[:NAMED_PAIRS]
    )
    more = f"; and {len(weak) - NAMED_PAIRS:,} more" if len(weak) > NAMED_PAIRS else ""
    missed = np.isin(rows.given_M, weak) & (rows.guess_M != rows.given_M) & rows.learned_M
    at = np.flatnonzero(missed)
    names = [shortened(label) for label in rows.labels]
    hits = pl.DataFrame(
        {
            "id": rows.frame["id"][at],
            "field": ["target"] * len(at),
            "evidence": [
                f"labelled {names[given]}, reads like {names[guess]}"
                for given, guess in zip(rows.given_M[at], rows.guess_M[at], strict=True)
            ],
            "score": rows.probabilities_ML[at, rows.guess_M[at]],
        }
    )
    return found(
        KEY,
        "unrecognised_labels",
        "note",
        f"{count_of(len(weak), 'label')} {'is' if len(weak) == 1 else 'are'} recognised by a quick "
        f"classifier less than half of the time: {named}{more}",
        hits,
        costs="what a label gathers that has nothing in common is answered at random",
        repair=Repair(
            apply="add",
            sentence="add examples of it, or say what it means; of a label for all the rest, leave it "
            "to what is handed to a person",
        ),
        minutes=A_CHANGE * len(weak),
    )


AUDIT = Audit("labels that overlap or are hardly recognised", LABELLED, "predictions", run)
