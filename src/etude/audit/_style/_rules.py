"""Which value of a trait most targets share, and which rows break it.

A rule needs a share that is high and sure: of 10 targets 9 are no rule, of 400 targets 350 are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._style._trait import HAS, LACKS, MIXED, Trait
from etude.records.dataset import Severity
from etude.statistics.proportions import wilson

FEWEST = 20
"""Judged rows below which nothing is a rule."""
SURE_NOTE = 0.45
"""The lower end of the interval of a share that is told as a note."""
DISTINCT = 12
"""Different texts that keep a rule."""


@dataclass(frozen=True)
class Targets:
    """Targets by distinct text: ``texts`` (U,), and ``text_N`` which of them a row has."""

    texts: pl.Series
    text_N: NDArray[np.int64]

    @classmethod
    def of(cls, targets: pl.Series) -> Targets:
        """Rows (N,) of targets."""
        texts = targets.unique(maintain_order=True)
        places = pl.DataFrame({"text": texts, "at": np.arange(len(texts))})
        found = pl.DataFrame({"text": targets}).join(places, "text", maintain_order="left")
        return cls(texts.alias("text"), found["at"].to_numpy())

    @cached_property
    def count_U(self) -> NDArray[np.int64]:
        """Rows of each distinct text."""
        return np.bincount(self.text_N, minlength=len(self.texts)).astype(np.int64)


@dataclass(frozen=True)
class Values:
    """A trait's values as codes: -1 where a text is not judged, else a place in ``names``."""

    names: tuple[str, ...]
    code_N: NDArray[np.int64]

    @classmethod
    def of(cls, values: pl.Series) -> Values:
        """Values of rows or texts."""
        names = values.drop_nulls().unique().sort().to_list()
        codes = values.replace_strict(
            names, range(len(names)), default=None, return_dtype=pl.Int64
        ).fill_null(-1)
        return cls(tuple(names), codes.to_numpy())


@dataclass(frozen=True)
class Rule:
    """``judged_N`` rows of which ``kept_N`` keep it; where both are (N,) booleans."""

    trait: Trait
    value: str
    judged_N: NDArray[np.bool_]
    broken_N: NDArray[np.bool_]
    values: Values = field(repr=False)
    """Of all rows."""
    where: str = ""
    """The condition under which it holds, as " where `scary` is not empty"."""
    note: bool = False

    @cached_property
    def judged(self) -> int:
        """Rows that are judged."""
        return int(self.judged_N.sum())

    @cached_property
    def broken(self) -> int:
        """Rows that break it."""
        return int(self.broken_N.sum())

    @property
    def share(self) -> float:
        """Of the judged rows, those that keep it."""
        return 1 - self.broken / self.judged

    @cached_property
    def low(self) -> float:
        """The lower end of the interval of the share."""
        return wilson(self.judged - self.broken, self.judged).low

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        if self.note:
            return "note"
        return (self.value == LACKS and self.trait.lacking) or self.trait.severity

    def holds(self) -> bool:
        """Whether it is a rule at all, and broken."""
        return self.broken > 0 and is_rule(self.trait, self.judged, self.broken, self.note)


def is_rule(trait: Trait, judged: int, broken: int, note: bool = False) -> bool:
    """Whether so few of so many break it that the rest is no chance."""
    if judged < FEWEST:
        return False
    least, sure = (trait.noted or 1.0, SURE_NOTE) if note else (trait.least, trait.sure)
    return 1 - broken / judged >= least and wilson(judged - broken, judged).low >= sure


def measured(trait: Trait, targets: Targets) -> Values:
    """The trait's values of every row."""
    value_U = Values.of(trait.measure(targets.texts))
    return Values(value_U.names, value_U.code_N[targets.text_N])


def induce(trait: Trait, values: Values, targets: Targets) -> Rule | None:
    """The rule that most targets keep, broken or not; None where there is none."""
    judged_N = values.code_N >= 0
    count_V = np.bincount(values.code_N[judged_N], minlength=len(values.names))
    may = [
        at
        for at, name in enumerate(values.names)
        if MIXED not in name and (trait.rules is None or name in trait.rules)
    ]
    if not may:
        return None
    best = max(may, key=lambda at: count_V[at])
    kept_N = values.code_N == best
    if np.count_nonzero(np.bincount(targets.text_N[kept_N])) < DISTINCT:
        return None
    rule = Rule(trait, values.names[best], judged_N, judged_N & ~kept_N, values)
    if is_rule(trait, rule.judged, rule.broken):
        return rule
    noted = trait.noted is not None and rule.value == HAS
    if noted and is_rule(trait, rule.judged, rule.broken, note=True):
        return Rule(trait, rule.value, judged_N, rule.broken_N, values, note=True)
    return None


def is_presence(values: Values) -> bool:
    """Whether a trait is had or lacked."""
    return set(values.names) <= {HAS, LACKS}
