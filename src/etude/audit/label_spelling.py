"""Labels that are spelt in two ways: ``card_arrival`` and ``Card arrival`` are two to a model.

It knows the labels that the rows bear and how often. Labels are one where they are the same but for
case, spaces and punctuation, or where a rare one is a slip of the pen from a common one. The commonest
spelling is proposed. A task that lists its labels refuses others when the examples are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl
from rapidfuzz.distance import OSA

from etude.audit._base import LABELLED, Audit, Found, Material, count_of, found
from etude.audit._labelled import shortened
from etude.records.dataset import Repair

KEY = "label_spelling"
_SHORTEST = 6
"""Letters of a label from which on a slip of the pen can be told."""
_RAREST = 2
_TIMES = 5
"""A label of at most ``_RAREST`` rows may be a slip from one of so many times as many."""
_NAMED = 3
_SECONDS = 3


def run(material: Material) -> Iterator[Found]:
    """Rows whose label has a commoner spelling."""
    counts = dict(material.frame["target"].drop_nulls().value_counts().iter_rows())
    usual = spellings(counts)
    rows = material.frame.filter(pl.col("target").is_in(list(usual)))
    if rows.is_empty():
        return
    given = rows["target"].to_list()
    hits = rows.select("id", field=pl.lit("target"), proposal=pl.col("target")).with_columns(
        pl.col("proposal").replace(usual),
        pl.Series(
            "evidence", [f"{shortened(one)}, elsewhere {shortened(usual[one])}" for one in given]
        ),
        pl.Series("score", [_sureness(one, usual[one]) for one in given]),
    )
    named = [f"{shortened(one)} for {shortened(usual[one])}" for one in sorted(usual)[:_NAMED]]
    yield found(
        KEY,
        "label_spelling",
        "warning",
        f"{count_of(len(rows), 'example')} of {len(material.frame):,} "
        f"{'bears' if len(rows) == 1 else 'bear'} a label that is spelt otherwise elsewhere: "
        f"{', '.join(named)}{' …' if len(usual) > _NAMED else ''}",
        hits,
        costs="each spelling is a label of its own: the model is asked to tell one from the other, and "
        "is marked wrong for the right answer",
        repair=Repair(apply="relabel", sentence="write each label in its commonest spelling"),
        seconds_each=_SECONDS,
    )


def spellings(counts: dict[str, int]) -> dict[str, str]:
    """Labels to the commoner spelling of the same; those that have one."""
    usual: dict[str, str] = {}
    common = sorted(counts, key=lambda label: (-counts[label], label))
    first: dict[str, str] = {}
    for label in common:
        form = _form(label)
        if form and form in first:
            usual[label] = first[form]
        elif form:
            first[form] = label
    rare = [label for label in first.values() if counts[label] <= _RAREST]
    for label in rare:
        other = next((one for one in common if _slip(label, one, counts, usual)), None)
        if other is not None:
            usual[label] = other
    return {label: usual.get(to, to) for label, to in usual.items()}


def _form(label: str) -> str:
    """A label without case, spaces and punctuation; signs are kept, for "c++" is not "c"."""
    return re.sub(r"[\s_\-.,;:!?/'\"()]+", "", label).casefold()


def _slip(label: str, other: str, counts: dict[str, int], usual: dict[str, str]) -> bool:
    """Whether a rare label is a common one with a letter more, less or swapped."""
    if other in usual or counts[other] < _TIMES * counts[label]:
        return False
    mine, its = _form(label), _form(other)
    if min(len(mine), len(its)) < _SHORTEST or mine == its:
        return False
    digits = [re.sub(r"\D", "", form) for form in (mine, its)]
    swapped_or_missing = len(mine) != len(its) or sorted(mine) == sorted(its)
    return digits[0] == digits[1] and swapped_or_missing and OSA.distance(mine, its) == 1


def _sureness(label: str, other: str) -> float:
    return 1.0 if _form(label) == _form(other) else 0.8


AUDIT = Audit("labels that are spelt in two ways", LABELLED, "rows", run)
