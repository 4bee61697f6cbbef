"""A candidate then and now, on the items that both comparisons scored.

A comparison's table of answers has ``id``, ``input``, ``target``, ``side``, ``group``, ``fold`` and
for each candidate ``<name>|score`` (with ``<name>|of`` for a ratio), null where an item was not
scored. An item counts as the same where its id, input and ideal answer are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.metrics import metric
from etude.records.candidate import CandidateReport, Quality
from etude.records.difference import QualityChange
from etude.records.estimate import Estimate
from etude.records.task import JUDGED
from etude.statistics.calls import call_pair
from etude.statistics.intervals import Interval
from etude.statistics.scores import MacroF1, Means, Ratios, Scores
from etude.statistics.unpaired import difference

FEWEST = 30
"""Items in common below which nothing is said of them alone."""


@dataclass(frozen=True)
class Then:
    """A candidate of one comparison, with its table of answers; None where that is not here."""

    candidate: CandidateReport
    rows: pl.DataFrame | None


def common(old: Then, new: Then) -> pl.DataFrame | None:
    """The items that both scored: the new table's columns, the old one's with ``old|`` before.

    None where a table is missing, or was written before scores were kept in it.
    """
    before, after = _scored(old), _scored(new)
    if before is None or after is None:
        return None
    keys = ["id", "input", "target"]
    renamed = before.rename({name: f"old|{name}" for name in before.columns if name not in keys})
    return after.join(renamed, on=keys, how="inner").sort("id")


def _scored(then: Then) -> pl.DataFrame | None:
    """Its scored rows: ``score``, ``of``, ``output``, ``right`` and the columns of items."""
    name, rows = then.candidate.name, then.rows
    if rows is None or f"{name}|score" not in rows.columns or "group" not in rows.columns:
        return None
    right = pl.col(f"{name}|right") if f"{name}|right" in rows.columns else _answered(name)
    over = pl.col(f"{name}|of") if f"{name}|of" in rows.columns else pl.lit(None, pl.Float64)
    return rows.filter(pl.col(f"{name}|score").is_not_null()).select(
        "id",
        "input",
        "target",
        "side",
        "group",
        "fold",
        pl.col(f"{name}|score").alias("score"),
        over.alias("of"),
        pl.col(f"{name}|output").alias("output"),
        right.fill_null(False).alias("right"),
    )


def _answered(name: str) -> pl.Expr:
    return pl.col(f"{name}|output").eq_missing(pl.col("target"))


def quality_change(
    old: Then,
    new: Then,
    items: pl.DataFrame | None,
    labels: tuple[str, ...],
    margin: float,
    comparisons: int,
) -> QualityChange | None:
    """New minus old; None where one of them was not scored.

    ``items``: what ``common`` gave. ``comparisons``: how many differences are told together.
    """
    before, after = old.candidate.quality, new.candidate.quality
    if before is None or after is None:
        return None
    shown = QualityChange(
        metric=after.metric,
        old=before,
        new=after,
        paired=False,
        items=0,
        difference=None,
        call=None,
    )
    if before.metric != after.metric:
        then, now = (metric(one.metric).plain_name for one in (before, after))
        note = f"measured by “{then}” then and by “{now}” now, which can't be compared"
        return shown.model_copy(update={"note": note})
    if after.metric in JUDGED:
        return _by_readers(shown, items, margin)
    count = 0 if items is None else len(items)
    if items is None or count < FEWEST:
        return _apart(shown, _why(items), margin)
    found = _scores(items, after.metric, labels).difference(
        items["group"].to_numpy(), _folds(items), comparisons
    )
    told = _told(shown, found, "paired", margin, paired=True, items=count)
    return told.model_copy(update={"call": "same"}) if _same_answers(items) else told


def _by_readers(shown: QualityChange, items: pl.DataFrame | None, margin: float) -> QualityChange:
    """What somebody said who read the answers is not kept by item."""
    if items is not None and len(items) and _same_answers(items):
        return shown.model_copy(update={"call": "same", "items": len(items)})
    if shown.metric != "person":
        return _apart(shown, "what the judge said is not paired: the range is wider", margin)
    note = (
        "how often answers are preferred depends on what they are held against: compare the two "
        "blind (etude review --blind)"
    )
    return shown.model_copy(update={"note": note})


def _same_answers(items: pl.DataFrame) -> bool:
    """Whether both gave the same answers, judged alike: then there is nothing to tell apart, however
    wide the range of a difference on other examples."""
    return all(
        items[name].equals(items[f"old|{name}"], null_equal=True)
        for name in ("output", "score", "of")
    )


def _why(items: pl.DataFrame | None) -> str:
    reason = (
        "the answers of both to each example are not here"
        if items is None
        else f"only {len(items)} examples were scored by both, under the same text and ideal answer"
    )
    return f"not on the same examples ({reason}): the range is far wider than it need be"


def _apart(shown: QualityChange, note: str, margin: float) -> QualityChange:
    found = difference(_interval(shown.new), _interval(shown.old))
    return _told(shown.model_copy(update={"note": note}), found, "unpaired", margin)


def _told(
    shown: QualityChange,
    found: Interval,
    method: str,
    margin: float,
    *,
    paired: bool = False,
    items: int = 0,
) -> QualityChange:
    said = Estimate(
        value=found.point, low=found.low, high=found.high, level=found.level, method=method
    )
    call = call_pair(found, margin).call.value
    return shown.model_copy(
        update={"difference": said, "call": call, "paired": paired, "items": items}
    )


def _interval(quality: Quality) -> Interval:
    return Interval(quality.low, quality.high, quality.value, quality.level)


def _scores(items: pl.DataFrame, key: str, labels: tuple[str, ...]) -> Scores:
    """Columns: new, old."""
    statistic = metric(key).statistic
    if statistic == "macro_f1":
        place = {label: code for code, label in enumerate(labels)}
        given = [[place.get(said, -1) for said in items[name]] for name in ("output", "old|output")]
        truth = [place[target] for target in items["target"]]
        return MacroF1(np.array(truth), np.array(given).T, len(labels))
    over = items.select("score", "old|score").to_numpy()
    if statistic == "ratio":
        return Ratios(over, items.select("of", "old|of").to_numpy())
    return Means(over, right=statistic == "right_wrong")


def _folds(items: pl.DataFrame) -> NDArray[np.int64] | None:
    """Where both are out of fold: answers that share training rows vary together."""
    out_of_fold = (items["side"] == "out-of-fold").all()
    return items["fold"].to_numpy().astype(np.int64) if out_of_fold else None
