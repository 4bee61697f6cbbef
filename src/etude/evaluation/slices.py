"""Candidates on parts of the scored examples: by label, by length, by a person's own columns, and by
whether they mean what one learned from means.

Many parts are looked at, so a difference is given a word only by Benjamini and Hochberg over all of
them, and of parts with under 30 examples nothing is said. It decides nothing. It knows right and wrong
answers, and not what they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr

from etude.data.conversations import flat, turns_of
from etude.data.examples import Examples
from etude.evaluation.scorecard import Scored
from etude.records.estimate import Estimate
from etude.records.slices import Slice, SliceRow, Slices, SliceSort
from etude.records.task import Kind
from etude.statistics.crossfit import difference_factor, shared_training_factor
from etude.statistics.intervals import Interval, two_sided_quantile
from etude.statistics.multiple import benjamini_hochberg
from etude.statistics.paired import bonett_price_grouped
from etude.statistics.proportions import wilson_grouped

LEAST = 30
"""Examples below which nothing is said of a part."""
MOST_VALUES = 12
"""Different values up to which a column cuts the examples into parts; with more it names rows."""
LEVEL, FALSE_ALARMS = 0.95, 0.05


@dataclass(frozen=True)
class Cut:
    """A part of N examples: ``inside_N`` says which."""

    sort: SliceSort
    words: str
    inside_N: NDArray[np.bool_]


def cuts(
    examples: Examples, labels: Sequence[str], kind: Kind, alike: Collection[str] = ()
) -> list[Cut]:
    """Every part that is looked at, small ones too. ``alike``: see ``slices``."""
    return [
        *_alike(examples, alike),
        *_labels(examples, labels),
        *_lengths(examples, kind),
        *_columns(examples),
    ]


def _alike(examples: Examples, alike: Collection[str]) -> Iterator[Cut]:
    """Both sides of it, where some are alike: the score without them is that of new inputs."""
    alike_N = np.array([name in alike for name in examples.ids], dtype=np.bool_)
    if not alike_N.any():
        return
    yield Cut("likeness", "inputs that mean the same as one learned from", alike_N)
    yield Cut("likeness", "inputs unlike every one learned from", ~alike_N)


def _labels(examples: Examples, labels: Sequence[str]) -> Iterator[Cut]:
    target_N = np.array(examples.targets, dtype=object)
    for label in labels:
        yield Cut("label", f"category {label}", target_N == label)


def _lengths(examples: Examples, kind: Kind) -> Iterator[Cut]:
    """Thirds by the words of the input, where they differ."""
    words_N = np.array([_words(text, kind) for text in examples.inputs], dtype=np.int64)
    if not len(words_N):
        return
    short, long = (int(np.quantile(words_N, share)) for share in (1 / 3, 2 / 3))
    if not words_N.min() <= short < long < words_N.max():
        return
    yield Cut("length", f"inputs of up to {short:,} words", words_N <= short)
    yield Cut(
        "length",
        f"inputs of {short + 1:,} to {long:,} words",
        (words_N > short) & (words_N <= long),
    )
    yield Cut("length", f"inputs of over {long:,} words", words_N > long)


def _words(text: str, kind: Kind) -> int:
    return len((flat(turns_of(text)) if kind == "chat" else text).split())


def _columns(examples: Examples) -> Iterator[Cut]:
    """Columns with a few values, each of which many rows share; those that hold answers are labels."""
    names, answers = dict.fromkeys(n for row in examples.fields for n in row), set(examples.targets)
    for name in names:
        values = [row.get(name, "") for row in examples.fields]
        counts = Counter(values)
        if not 2 <= len(counts) <= MOST_VALUES or counts.keys() - {""} <= answers:
            continue
        value_N = np.array(values, dtype=object)
        for value in sorted(counts):
            said = f"{name} is {value}" if value else f"{name} is empty"
            yield Cut("column", said, value_N == value)


def slices(
    scored: Mapping[str, Scored], baseline: str | None, alike: Collection[str] = ()
) -> Slices | None:
    """Every candidate on every part with enough examples; None without a baseline or a part.

    Args:
        scored: by name, on the same examples in the same order.
        baseline: whom differences are taken from.
        alike: ids of examples that were found to mean the same as one learned from.
    """
    if baseline is None or baseline not in scored:
        return None
    first = scored[baseline]
    found = cuts(first.examples, first.labels, first.judge.task.kind, alike)
    kept = [cut for cut in found if cut.inside_N.sum() >= LEAST]
    if not kept:
        return None
    drafts = [
        [_row(name, one, first, cut, is_baseline=name == baseline) for name, one in scored.items()]
        for cut in kept
    ]
    return Slices(
        against=baseline,
        slices=tuple(
            Slice(
                sort=cut.sort,
                words=cut.words,
                n=int(cut.inside_N.sum()),
                groups=len(np.unique(first.examples.groups[cut.inside_N])),
                rows=tuple(rows),
            )
            for cut, rows in zip(kept, _worded(drafts), strict=True)
        ),
        small=sum(0 < cut.inside_N.sum() < LEAST for cut in found),
    )


def named(scored: Scored, alike: Collection[str] = ()) -> list[list[str]]:
    """Of each example the parts that it is in, by their words: those that ``slices`` tells of."""
    found: list[list[str]] = [[] for _ in range(len(scored.examples))]
    for cut in cuts(scored.examples, scored.labels, scored.judge.task.kind, alike):
        inside = np.flatnonzero(cut.inside_N)
        for row in inside if len(inside) >= LEAST else ():
            found[row].append(cut.words)
    return found


def _row(name: str, scored: Scored, base: Scored, cut: Cut, *, is_baseline: bool) -> SliceRow:
    inside = cut.inside_N
    right, groups = scored.right_N[inside], scored.examples.groups[inside]
    share = wilson_grouped(right, groups, variance_factor=shared_training_factor(scored.folds))
    estimate = Estimate(value=share.point, low=share.low, high=share.high, method="Wilson")
    if is_baseline:
        return SliceRow(candidate=name, right=estimate)
    apart = bonett_price_grouped(
        right, base.right_N[inside], groups, variance_factor=difference_factor(scored.folds)
    )
    return SliceRow(
        candidate=name,
        right=estimate,
        difference=Estimate(
            value=apart.point, low=apart.low, high=apart.high, method="Bonett–Price"
        ),
        adjusted=_p_value(apart, groups),
    )


def _p_value(apart: Interval, groups: NDArray[np.int64]) -> float:
    """Of no difference, by the very interval that is shown: the level at which it would end at 0."""
    count = len(np.unique(groups))
    freedom = count - 1 if count < len(groups) else None
    middle, half = (apart.low + apart.high) / 2, (apart.high - apart.low) / 2
    if half <= 0 or freedom == 0:
        return 1.0
    quantile = two_sided_quantile(LEVEL, 1, freedom) if freedom else two_sided_quantile(LEVEL)
    distance = abs(middle) / half * quantile
    tail = stdtr(freedom, -distance) if freedom else ndtr(-distance)
    return float(min(1.0, 2 * tail))


def _worded(drafts: Sequence[Sequence[SliceRow]]) -> list[list[SliceRow]]:
    """With P-values adjusted over all slices and candidates together, and words where they hold."""
    p_values = [row.adjusted for rows in drafts for row in rows if row.adjusted is not None]
    adjusted = iter(benjamini_hochberg(p_values).tolist() if p_values else [])

    def worded(row: SliceRow) -> SliceRow:
        if row.adjusted is None or row.difference is None:
            return row
        value = next(adjusted)
        word = "" if value > FALSE_ALARMS else "better" if row.difference.value > 0 else "worse"
        return row.model_copy(update={"adjusted": value, "word": word})

    return [[worded(row) for row in rows] for rows in drafts]
