"""Labels that a classifier which has not seen them contradicts with confidence.

By out-of-fold answers (``_confident``). Two things are left to others: one input with two labels (a
contradiction, told as such) and labels of too few examples to be known.

Held-out rows are told apart and without the classifier's answer. To correct only those of them that a
model disagrees with would make the rest easier for that model: their labels must be judged unseen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import LABELLED, Audit, Found, Material, count_of, found
from etude.audit._confident import LESS_SURE, TIMES, Doubts, doubts
from etude.audit._labelled import Unseen, percent, shortened, unseen
from etude.records.dataset import Repair
from etude.statistics.intervals import Interval
from etude.statistics.proportions import wilson_grouped

KEY = "label_errors"
AGAIN = 50
"""Labels that are given again by somebody else where a classifier can't examine them."""
SECONDS = 15


def run(material: Material) -> Iterator[Found]:
    """Doubted labels of rows that are learned from, then of held-out rows."""
    rows = unseen(material)
    if rows is None:
        return
    agreed, chance = rows.agreement()
    if agreed.low <= chance:
        yield _not_examined(agreed, chance)
        return
    found_M = doubts(rows.given_M, rows.probabilities_ML, rows.known_L, LESS_SURE)
    every = found_M.of(~_contradicted(rows))
    learned = every.of(rows.learned_M)
    yield from _learned(rows, learned.sure, agreed)
    yield from _less_sure(rows, learned.less_sure)
    yield from _held_out(rows, every)


def _contradicted(rows: Unseen) -> NDArray[np.bool_]:
    """Rows whose input also stands with another label (M,)."""
    key = pl.col("input").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    labels = rows.frame.select(pl.col("target").n_unique().over(key))["target"]
    return (labels > 1).to_numpy()


def _learned(rows: Unseen, some: Doubts, agreed: Interval) -> Iterator[Found]:
    if not len(some.rows):
        return
    total = int(rows.learned_M.sum())
    flagged = np.zeros(len(rows.frame), dtype=np.float64)
    flagged[some.rows] = 1.0
    share = wilson_grouped(flagged[rows.learned_M], rows.groups_M[rows.learned_M])
    count = len(some.rows)
    sentence = (
        f"{count:,} of {count_of(total, 'label')} ({percent(share.point)}; {percent(share.low)} to "
        f"{percent(share.high)} in examples like these) {'is' if count == 1 else 'are'} contradicted "
        "by a quick classifier that has not seen them. It agrees with "
        f"{percent(agreed.point)} of all labels and errs too: how many of these are wrong, reading "
        "the first ones tells"
    )
    yield found(
        KEY,
        "label_errors",
        "warning",
        sentence,
        _hits(rows, some),
        costs="wrong labels teach wrong answers, and where they are scored a right answer counts as "
        "wrong",
        repair=Repair(
            apply="relabel",
            sentence="read each and decide; taken over unread, the corrections make the classifier "
            "look better than it is",
        ),
        seconds_each=SECONDS,
    )


def _less_sure(rows: Unseen, some: Doubts) -> Iterator[Found]:
    count = len(some.rows)
    if not count:
        return
    yield found(
        KEY,
        "label_doubts",
        "note",
        f"of {count_of(count, 'more label')} a quick classifier that has not seen them holds another "
        f"for {LESS_SURE:.0f} to {TIMES:.0f} times as likely; most of them will be right as they stand",
        _hits(rows, some),
        costs="wrong labels teach wrong answers; but these are to be read only once the surer ones are",
        repair=Repair(apply="relabel", sentence="read each and decide, the first ones first"),
        seconds_each=SECONDS,
    )


def _hits(rows: Unseen, some: Doubts) -> pl.DataFrame:
    given = rows.given_M[some.rows]
    sides = pl.DataFrame(
        {
            "id": rows.frame["id"][some.rows],
            "given": [shortened(rows.labels[at]) for at in given],
            "other_label": [shortened(rows.labels[at]) for at in some.guess],
            "proposal": [rows.labels[at] for at in some.guess],
            "p": _percent(rows.probabilities_ML[some.rows, some.guess]),
            "p_given": _percent(rows.probabilities_ML[some.rows, given]),
            "score": 1 - some.ratio,
        }
    )
    return sides.with_columns(
        pl.lit("target").alias("field"),
        pl.format(
            "labelled {}; a classifier that has not seen it says {} ({} % against {} %)",
            "given",
            "other_label",
            "p",
            "p_given",
        ).alias("evidence"),
    )


def _percent(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray((100 * shares).round(), dtype=np.int64)


def _held_out(rows: Unseen, every: Doubts) -> Iterator[Found]:
    held = (rows.frame["side"] == "holdout").to_numpy()
    some = every.of(held)
    if not len(some.rows):
        return
    hits = pl.DataFrame(
        {
            "id": rows.frame["id"][some.rows],
            "field": ["target"] * len(some.rows),
            "evidence": [
                f"labelled {shortened(rows.labels[at])}" for at in rows.given_M[some.rows]
            ],
            "score": 1 - some.ratio,
        }
    )
    yield found(
        KEY,
        "held_out_label_doubts",
        "note",
        f"{len(some.rows):,} of {count_of(int(held.sum()), 'held-out label')} "
        f"({percent(len(some.rows) / held.sum())}) may be wrong, judging by a quick classifier. What "
        "it would answer is not shown: to mend only what a model disagrees with makes these examples "
        "easier for that model",
        hits,
        costs="the share of right answers that can be measured ends below 100 %, for every candidate",
        repair=Repair(
            apply="decide",
            sentence="have them read among as many other held-out examples, by somebody who sees no "
            "model's answer",
        ),
        seconds_each=SECONDS,
    )


def _not_examined(agreed: Interval, chance: float) -> Found:
    return found(
        KEY,
        "labels_not_examined",
        "note",
        f"no label was examined: a quick classifier agrees with {percent(agreed.point)} of them "
        f"({percent(agreed.low)} to {percent(agreed.high)}), and chance alone with {percent(chance)}, "
        "so its doubts mean nothing",
        pl.DataFrame(schema={"id": pl.String}),
        costs="wrong labels, if there are any, stay unseen",
        repair=Repair(
            apply="decide",
            sentence=f"have somebody label {AGAIN} of them again who does not see the labels; where "
            "the two often differ, say under `labels` in etude.yaml what each means",
        ),
        minutes=AGAIN * SECONDS / 60,
    )


AUDIT = Audit("labels that look wrong", LABELLED, "predictions", run)
