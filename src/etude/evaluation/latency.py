"""How long a candidate takes: warm, one by one as a user would call it, and many at once.

Embeddings are computed afresh here: a cached one would time the cache.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Candidate
from etude.data.answers import Answers
from etude.evaluation.beginning import first_tokens
from etude.evaluation.repeats import ASKINGS, ITEMS, Flips, flips_of, places
from etude.records.candidate import FirstToken, Latency
from etude.records.estimate import Estimate
from etude.statistics.summaries import quantile_interval

SINGLES = 200
"""Requests timed one by one, at most."""
SINGLE_BUDGET_S = 6.0
BATCH = 256
"""Texts sent at once when throughput is timed."""
FEWEST_AT_ONCE = 8
BATCH_ROUNDS = 3
BATCH_BUDGET_S = 8.0


@dataclass(frozen=True)
class Timing:
    """``singles_ms``: one warm request after another; ``rates``: texts a second, a round each.

    ``flips``: how often asking again gave another answer; None where that was not tried. ``first_ms``:
    until the first token of an answer, a request each.
    """

    singles_ms: tuple[float, ...]
    rates: tuple[float, ...]
    concurrency: int = 1
    flips: Flips | None = None
    first_ms: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the store."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Timing:
        """What ``to_json`` gave."""
        return cls(
            tuple(stored["singles_ms"]),
            tuple(stored["rates"]),
            stored["concurrency"],
            Flips(**stored["flips"]) if stored["flips"] else None,
            tuple(stored.get("first_ms", ())),
        )

    @classmethod
    def of_requests(
        cls,
        answers: Answers,
        concurrency: int,
        flips: Flips | None = None,
        first_ms: tuple[float, ...] = (),
    ) -> Timing | None:
        """From an endpoint's answers: each request was timed when it was really made."""
        seconds: NDArray[np.float64] = answers.seconds[np.isfinite(answers.seconds)]
        if not len(seconds):
            return None
        return cls(tuple(float(1000 * s) for s in seconds), (), concurrency, flips, first_ms)


def time_candidate(candidate: Candidate, inputs: Sequence[str], *, writes: bool = False) -> Timing:
    """Time ``candidate`` on these inputs, within about fifteen seconds, or twenty where it ``writes``.

    The first requests warm it up and are not counted. What was asked alone is asked again in two
    rounds among others, which are timed anyway: an engine on this machine gives the same bits to
    the same batch, so only other company can change an answer, and a slow one is not asked more for
    the sake of flips. It is asked about fewer texts then.
    """
    texts = _spread(inputs, SINGLES)
    for text in texts[:3]:
        candidate.answer([text])
    singles, alone = _one_by_one(candidate, texts)
    first = first_tokens(candidate, texts) if writes else ()
    many = _at_once(singles)
    repeated = [list(alone)[place] for place in places(len(alone), min(many, ITEMS))]
    others = _spread(inputs if many == BATCH else tuple(alone), many - len(repeated))
    rates, rounds = _together(candidate, [*repeated, *others])
    said = [alone, *rounds[: ASKINGS - 1]]
    flips = flips_of([[answers[text] for text in repeated] for answers in said])
    return Timing(tuple(singles), rates, flips=flips, first_ms=first)


def _one_by_one(
    candidate: Candidate, texts: Sequence[str]
) -> tuple[list[float], dict[str, str | None]]:
    """Milliseconds of each request, and what was answered."""
    singles: list[float] = []
    said: dict[str, str | None] = {}
    began = time.perf_counter()
    for text in texts:
        started = time.perf_counter()
        said[text] = candidate.answer([text]).outputs[0]
        singles.append(1000 * (time.perf_counter() - started))
        if time.perf_counter() - began > SINGLE_BUDGET_S and len(singles) >= 20:
            break
    return singles, said


def latency_report(timing: Timing | None) -> Latency | None:
    """p50 and p95 with distribution-free intervals; None where nothing was timed."""
    if timing is None:
        return None
    p50, p95 = (_estimate(timing.singles_ms, quantile) for quantile in (0.5, 0.95))
    rate = float(np.median(timing.rates)) if timing.rates else None
    first = None
    if timing.first_ms:
        middle, most = (_estimate(timing.first_ms, quantile) for quantile in (0.5, 0.95))
        first = FirstToken(p50=middle, p95=most, n=len(timing.first_ms))
    return Latency(
        p50=p50,
        p95=p95,
        concurrency=timing.concurrency,
        n=len(timing.singles_ms),
        batched_per_second=rate,
        first=first,
    )


def _estimate(values_ms: Sequence[float], quantile: float) -> Estimate:
    interval = quantile_interval(values_ms, quantile)
    return Estimate(
        value=interval.point,
        low=interval.low,
        high=interval.high,
        level=interval.level,
        method="order statistics",
    )


def _at_once(singles_ms: Sequence[float]) -> int:
    """Texts of a round: fewer where one alone is slow, so that the rounds end in time."""
    if not singles_ms:
        return BATCH
    a_round = 1000 * BATCH_BUDGET_S / BATCH_ROUNDS
    return max(FEWEST_AT_ONCE, min(BATCH, int(a_round / float(np.median(singles_ms)))))


def _together(
    candidate: Candidate, texts: Sequence[str]
) -> tuple[tuple[float, ...], list[dict[str, str | None]]]:
    """Texts a second in each round, and what was answered in each; every second round runs
    backwards, so that a text has other neighbours."""
    rates: list[float] = []
    rounds: list[dict[str, str | None]] = []
    began = time.perf_counter()
    for number in range(BATCH_ROUNDS):
        asked = texts[::-1] if number % 2 else texts
        started = time.perf_counter()
        answers = candidate.answer(asked)
        rates.append(len(asked) / (time.perf_counter() - started))
        rounds.append(dict(zip(asked, answers.outputs, strict=True)))
        late = time.perf_counter() - began > BATCH_BUDGET_S
        if late and len(rounds) >= ASKINGS - 1:
            break
    return tuple(rates), rounds


def _spread(inputs: Sequence[str], count: int) -> list[str]:
    """``count`` inputs spread evenly over the list, so that lengths are as they come.

    Fewer are gone through again: nothing is cached, and a 95th percentile wants many requests.
    """
    if not inputs:
        return []
    places = np.linspace(0, len(inputs) - 1, count) if len(inputs) > count else np.arange(count)
    return [inputs[int(place) % len(inputs)] for place in places]
