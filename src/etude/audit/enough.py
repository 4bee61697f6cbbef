"""Whether there are enough examples at all, and enough of each label: by counting alone.

What more of them would buy is measured elsewhere (the learning curve); here fewer than 50 are called
few, with what so few can show. Rows of one group count once. Labels with fewer than five independent
examples are told when the examples are split, and not again.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._base import (
    A_LOOK,
    AN_EXAMPLE,
    EVERY,
    LABELLED,
    Audit,
    Found,
    Material,
    count_of,
    found,
)
from etude.audit._labelled import UNLEARNED, percent, shortened
from etude.data.findings.labels import RARE
from etude.records.dataset import Repair, Severity
from etude.statistics.power import minimum_detectable_effect

KEY = "enough"
FEW = 50
"""Independent examples below which next to nothing can be measured."""
THIN = 10
"""Independent examples of a label: of one with fewer, a share of right answers moves by ten points or
more with each of them."""
LOPSIDED = 0.8
"""Share of all rows in one label, from which on always answering it looks good."""
USUAL_DISCORDANCE = 0.1
"""The share of examples on which exactly one of two good candidates is right."""
NAMED = 5


def run(material: Material) -> Iterator[Found]:
    """Too few examples; labels with few; one label with nearly all."""
    frame = material.frame.filter(~pl.col("side").is_in(list(UNLEARNED)))
    independent = frame["group"].n_unique()
    if independent < FEW:
        yield _few(independent, len(frame))
    if material.task.kind in LABELLED and len(frame):
        yield from _thin(frame)
        yield from _lopsided(frame, material.task.bar.metric)


def _few(independent: int, rows: int) -> Found:
    counted = (
        count_of(rows, "example")
        if rows == independent
        else f"{count_of(rows, 'example')}, of which {independent:,} are independent of one another"
    )
    shown = minimum_detectable_effect(max(independent, 1), USUAL_DISCORDANCE)
    least = "at least " if shown.beyond_reach else ""
    return _no_rows(
        "few_examples",
        "warning",
        f"only {counted} to learn from: fewer than {FEW} are too few to tell good from bad. Scored on "
        f"all of them, two candidates must differ by {least}{100 * shown.difference:.0f} points before "
        "it shows",
        "whatever wins may have won by luck",
        f"collect {FEW - independent:,} more that differ from these, better a few hundred",
        AN_EXAMPLE * (FEW - independent),
    )


def _thin(frame: pl.DataFrame) -> Iterator[Found]:
    counts = (
        frame.group_by("target")
        .agg(pl.col("group").n_unique().alias("groups"))
        .filter(pl.col("groups").is_between(RARE, THIN - 1))
        .sort("groups", "target")
    )
    if counts.is_empty():
        return
    named = ", ".join(
        f"{shortened(label)} ({groups})" for label, groups in counts.head(NAMED).iter_rows()
    )
    more = f" and {len(counts) - NAMED:,} more" if len(counts) > NAMED else ""
    have = "label has" if len(counts) == 1 else "labels have"
    yield _no_rows(
        "thin_labels",
        "note",
        f"{len(counts):,} {have} fewer than {THIN} independent examples: {named}{more}",
        "how well they are answered can hardly be measured",
        f"bring each to {THIN} independent examples or more",
        AN_EXAMPLE * int((THIN - counts["groups"]).sum()),
    )


def _lopsided(frame: pl.DataFrame, metric: str) -> Iterator[Found]:
    counts = frame["target"].value_counts(sort=True)
    label, count = counts.row(0)
    share = count / len(frame)
    if share < LOPSIDED or frame["target"].n_unique() < 2:
        return
    accuracy = metric == "accuracy"
    lacking = sum(max(0, FEW - others) for others in counts["count"].to_list()[1:])
    yield _no_rows(
        "lopsided_labels",
        "warning" if accuracy else "note",
        f"{percent(share)} of the examples ({count:,} of {len(frame):,}) are labelled "
        f"{shortened(label)}: always answering that is right as often",
        "a share of right answers hides how the other labels fare"
        if accuracy
        else "the other labels are learned from few examples",
        "set `bar: {metric: macro_f1}` in etude.yaml, or add examples of the other labels"
        if accuracy
        else f"bring each of the other labels to {FEW} examples or more",
        A_LOOK if accuracy else max(A_LOOK, AN_EXAMPLE * lacking),
    )


def _no_rows(
    code: str, severity: Severity, sentence: str, costs: str, repair: str, minutes: float
) -> Found:
    """A finding about the examples as a whole: no row is at fault."""
    return found(
        KEY,
        code,
        severity,
        sentence,
        pl.DataFrame(schema={"id": pl.String}),
        costs=costs,
        repair=Repair(apply="add", sentence=repair),
        minutes=minutes,
    )


AUDIT = Audit("whether there are enough examples", EVERY, "rows", run)
