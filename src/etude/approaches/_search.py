"""How a cheap rung chooses: which rows it is fitted and scored on, and which setting won.

A dev part of a few dozen rows can't tell dozens of settings apart, and choosing on it would choose
noise. Where dev is small, parts of train are scored too, each by a fit without it; groups are never
on both sides. Settings that are still as good as even by the metric are told apart by the log-loss of
their probabilities, which varies less with the rows. ``dev_value`` is always over dev alone. It knows
nothing of what is fitted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Choice, FitContext
from etude.approaches._scores import best_labels, fit_temperature, label_index, log_loss
from etude.data.examples import Examples
from etude.records.candidate import Trial

ENOUGH = 300
"""Scored rows that are enough to choose on: a standard error of about 1.5 points at 93 %."""
INNER_FOLDS = 5
EVEN = 0.5
"""Standard errors of the best value within which a setting counts as even with it."""


def even_within(value: float, scored: Examples) -> float:
    """How far below the best ``value`` over these examples another is still as good as even."""
    return EVEN * math.sqrt(value * (1 - value) / max(1.0, scored.independent))


class Part(NamedTuple):
    """Positions in the pool: what is fitted on, and what is scored."""

    fit: NDArray[np.int64]
    score: NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """``pool`` is train, then dev, then extra rows that are never scored and stand in no part.

    The first part fits on train and scores dev.
    """

    pool: Examples
    parts: tuple[Part, ...]
    dev_count: int
    extra: NDArray[np.int64]

    @property
    def scored(self) -> NDArray[np.int64]:
        """Positions in the pool that are scored, in the order of the parts."""
        return np.concatenate([part.score for part in self.parts])


def _inner_folds(examples: Examples) -> NDArray[np.int64]:
    """A fold for each row: whole groups together, labels spread evenly (N,)."""
    groups, first = np.unique(examples.groups, return_index=True)
    shuffled = np.random.default_rng(0).permutation(len(groups))
    order = sorted(shuffled, key=lambda g: examples.targets[first[g]])
    fold_of = {int(groups[g]): place % INNER_FOLDS for place, g in enumerate(order)}
    return np.array([fold_of[int(group)] for group in examples.groups], dtype=np.int64)


def parts_of(train: Examples, dev: Examples, extra: Examples | None = None) -> Parts:
    """Dev, and as many fifths of train as it takes to score ``ENOUGH`` rows."""
    pool = train.join(dev)
    everything = np.arange(len(pool), dtype=np.int64)
    sides = [everything[len(train) :]]
    fold_N = _inner_folds(train)
    for fold in range(INNER_FOLDS):
        if sum(len(side) for side in sides) < ENOUGH:
            sides.append(np.flatnonzero(fold_N == fold).astype(np.int64))
    parts: list[Part] = []
    for side in sides:
        others = np.setdiff1d(everything if parts else everything[: len(train)], side)
        others = others[~np.isin(pool.groups[others], pool.groups[side])]
        if len(others) and (len(side) or not parts):
            parts.append(Part(others, side))
    if not parts:  # every group of train is in dev as well: nothing better can be had
        parts.append(Part(everything[: len(train)], everything[len(train) :]))
    whole = pool.join(extra) if extra is not None else pool
    return Parts(whole, tuple(parts), len(dev), np.arange(len(pool), len(whole), dtype=np.int64))


class _Tried(NamedTuple):
    """One setting, and what it says of the scored rows."""

    value: float
    settings: dict[str, Any]
    logits_NL: NDArray[np.floating]


class Search:
    """Settings tried one after another; of those even with the best, the one of least log-loss, ties
    to the earlier.

    Args:
        context: gives the metric and the labels.
        scored: the scored rows, dev first.
        dev_count: how many of them are dev's.
    """

    def __init__(self, context: FitContext, scored: Examples, dev_count: int) -> None:
        self.context = context
        self.scored = scored
        self.dev_count = dev_count
        self.trials: list[Trial] = []
        self._even: list[_Tried] = []

    @classmethod
    def over(cls, parts: Parts, context: FitContext) -> Search:
        """A search scored on the parts' rows."""
        return cls(context, parts.pool.take(parts.scored), parts.dev_count)

    def add(self, settings: dict[str, Any], logits_NL: NDArray[np.floating]) -> float:
        """Score one setting by its logits over the scored rows; its value on the metric."""
        value = self._value(logits_NL, len(self.scored))
        self.trials.append(Trial(settings=settings, value=value, n=len(self.scored)))
        self._even.append(_Tried(value, settings, logits_NL))
        # What has fallen behind is let go at once: logits of hundreds of settings are large.
        least = self._least_even()
        self._even = [tried for tried in self._even if tried.value >= least]
        return value

    def _least_even(self) -> float:
        best = max(tried.value for tried in self._even)
        return best - even_within(best, self.scored)

    def _value(self, logits_NL: NDArray[np.floating], count: int) -> float:
        outputs = best_labels(logits_NL[:count], self.context.labels)
        if not count:
            return 0.0
        return float(self.context.metric(self.scored.take(range(count)), outputs))

    def choice(self, notes: Sequence[str] = ()) -> Choice:
        """The best setting with its temperature, and all that was tried."""
        assert self._even, "choice() before any setting was tried"
        target_N = label_index(self.scored.targets, self.context.labels)
        fitted = [fit_temperature(tried.logits_NL, target_N) for tried in self._even]
        losses = [
            log_loss(tried.logits_NL, target_N, temperature)
            for tried, temperature in zip(self._even, fitted, strict=True)
        ]
        chosen = int(np.argmin(losses))
        temperature, (value, settings, logits_NL) = fitted[chosen], self._even[chosen]
        extra = len(self.scored) - self.dev_count
        said = list(notes)
        if extra:
            said.append(
                f"with only {self.dev_count} examples to choose on, {extra} of those to learn from "
                "were scored as well, each by a fit that had not seen it"
            )
        return Choice(
            settings={**settings, "temperature": temperature},
            dev_value=self._value(logits_NL, self.dev_count) if self.dev_count else value,
            trials=tuple(self.trials),
            dev_outputs=tuple(best_labels(logits_NL[: self.dev_count], self.context.labels)),
            notes=tuple(said),
            dev_n=self.scored.take(range(self.dev_count)).independent,
        )
