"""Evaluation draws: what the product would say of scored examples drawn from the pool.

A draw takes as many examples as a project of that size has scored; in cross-fitting each falls into
a fold and counts with what that fold's candidate answers. Pairs, intervals and the verdict are the
product's own; what is true is read from the thousands of texts of the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from _verdict_fits import Codes, Fits, Misses
from etude.approaches import approach
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.pairs import compare_pairs
from etude.evaluation.scorecard import Scored, quality
from etude.records.candidate import CandidateReport
from etude.records.verdict import Pair, Verdict
from etude.verdict.decide import Circumstances, decide

Z95 = 1.959964


@dataclass(frozen=True)
class Drawn:
    """Scored examples: what R candidates answer to N of them, and what is right."""

    answers_RN: Codes
    misses_RN: Misses
    truth_N: Codes
    folds_N: NDArray[np.int64] | None
    rows_N: NDArray[np.int64] | None = None
    """Where the examples stand in the pool; None where they are the training draw's own."""


def draw(fits: Fits, count: int, rng: np.random.Generator) -> Drawn:
    """``count`` examples of the pool, no example twice."""
    return _taken(fits, rng.choice(len(fits.pool_truth_P), size=count, replace=False), rng)


def extended(fits: Fits, drawn: Drawn, more: int, rng: np.random.Generator) -> Drawn:
    """The same examples and ``more``; folds are dealt anew.

    What is added is drawn with replacement: the pool stands for all there is, however many are asked
    for.
    """
    assert drawn.rows_N is not None
    added = rng.integers(0, len(fits.pool_truth_P), more)
    return _taken(fits, rng.permutation(np.concatenate([drawn.rows_N, added])), rng)


def _taken(fits: Fits, rows: NDArray[np.int64], rng: np.random.Generator) -> Drawn:
    count, folds = len(rows), None
    if fits.cross_fitting:
        folds = np.sort(rng.permutation(np.arange(count) % fits.pool_RFP.shape[1]))
    which = np.zeros(count, dtype=np.int64) if folds is None else folds
    answers_RN, misses_RN = fits.pool_RFP[:, which, rows], fits.pool_misses_RFP[:, which, rows]
    return Drawn(answers_RN, misses_RN, fits.pool_truth_P[rows], folds, rows)


def own(fits: Fits) -> Drawn:
    """The examples that the training draw itself scored: real cross-fitting, real holdout."""
    folds = fits.folds_N if fits.cross_fitting else None
    return Drawn(fits.own_RN, fits.own_misses_RN, fits.own_truth_N, folds)


def cards(drawn: Drawn, names: Sequence[str], judge: Judge) -> dict[str, Scored]:
    """Scorecards of all candidates, as a comparison makes them."""
    count = len(drawn.truth_N)
    labels = judge.labels
    examples = Examples(
        ids=tuple(map(str, range(count))),
        inputs=("",) * count,
        targets=tuple(labels[code] for code in drawn.truth_N),
        groups=np.arange(count, dtype=np.int64),
    )
    return {
        name: Scored(examples, _said(codes, labels), judge, drawn.folds_N)
        for name, codes in zip(names, drawn.answers_RN, strict=True)
    }


def _said(codes: Codes, labels: Sequence[str]) -> Answers:
    count = len(codes)
    names = np.array([*labels, None], dtype=object)  # the last is what -1 stands for
    return Answers(
        outputs=tuple(names[codes]),
        probabilities_NL=None,
        failures=(None,) * count,
        seconds=np.zeros(count),
        tokens_in=np.zeros(count, dtype=np.int64),
        tokens_out=np.zeros(count, dtype=np.int64),
    )


def verdict_of(
    drawn: Drawn, names: Sequence[str], judge: Judge
) -> tuple[Verdict, tuple[Pair, ...], list[CandidateReport]]:
    """What the product decides over these examples by its default metric and margin, and of what."""
    bar, scored = judge.task.bar, cards(drawn, names, judge)
    pairs = compare_pairs(scored, bar.metric, bar.margin)
    briers = drawn.misses_RN.mean(axis=1, dtype=np.float64)
    reports = [
        _report(name, scored[name], bar.metric, float(brier))
        for name, brier in zip(names, briers, strict=True)
    ]
    verdict = decide(judge.task, reports, pairs, Circumstances(scored=len(drawn.truth_N)))
    return verdict, pairs, reports


def _report(rung: str, scored: Scored, metric: str, brier: float) -> CandidateReport:
    known = approach(rung)
    return CandidateReport(
        name=rung,
        rung=rung,
        plain_name=known.plain_name,
        model="",
        order=known.order,
        trained=known.seeded,
        finalist=True,
        settings={},
        dev_value=None,
        quality=quality(scored, metric),
        brier=brier,
    )


def swapped(a: Scored, b: Scored, rng: np.random.Generator) -> dict[str, Scored]:
    """Two candidates that are equal: each example's two answers change places by a coin."""
    heads = rng.random(len(a.answers)) < 0.5
    mixed = [
        tuple(x if head else y for x, y, head in zip(one, other, heads, strict=True))
        for one, other in (
            (a.answers.outputs, b.answers.outputs),
            (b.answers.outputs, a.answers.outputs),
        )
    ]
    codes = [_coded(outputs, a.labels) for outputs in mixed]
    return {
        name: Scored(a.examples, _said(code, a.labels), a.judge, a.folds)
        for name, code in zip(("one", "other"), codes, strict=True)
    }


def _coded(outputs: Sequence[str | None], labels: Sequence[str]) -> Codes:
    place = {label: at for at, label in enumerate(labels)}
    return np.array([-1 if o is None else place[o] for o in outputs], dtype=np.int16)


@dataclass(frozen=True)
class Truth:
    """What the kept candidates are worth: right or wrong on T texts (R, T)."""

    right_RT: NDArray[np.bool_]

    @classmethod
    def of(cls, fits: Fits) -> Truth:
        """Of one training draw."""
        return cls(fits.kept_RT == fits.truth_T)

    @property
    def values(self) -> NDArray[np.float64]:
        """Shares that are right (R,)."""
        return np.asarray(self.right_RT.mean(axis=1))

    def gap(self, a: int, b: int) -> tuple[float, float]:
        """``b`` minus ``a``, and its standard error over the T texts."""
        each = self.right_RT[b].astype(float) - self.right_RT[a]
        return float(each.mean()), float(each.std(ddof=1) / len(each) ** 0.5)


def covers(low: float, high: float, value: float, gap: float, error: float) -> tuple[bool, bool]:
    """Whether an interval holds the gap as measured, and allowing for that measure's own error:
    either side of the interval is then as wide as both errors together."""
    wider_low = value - np.hypot(value - low, Z95 * error)
    wider_high = value + np.hypot(high - value, Z95 * error)
    return low <= gap <= high, bool(wider_low <= gap <= wider_high)


def singles(scored: dict[str, Scored], judge: Judge) -> dict[tuple[int, int], Pair]:
    """Each pair as if only these two had been compared: its interval is at 95 % by itself."""
    bar, names = judge.task.bar, list(scored)
    return {
        (a, b): compare_pairs(
            {names[a]: scored[names[a]], names[b]: scored[names[b]]}, bar.metric, bar.margin
        )[0]
        for a, b in combinations(range(len(names)), 2)
    }
