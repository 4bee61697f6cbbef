"""Timing: what is measured beside the seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.evaluation import latency
from etude.evaluation.latency import Timing, latency_report, time_candidate
from etude.evaluation.repeats import Flips, flips_of
from etude.models._base import Completion


@dataclass
class Moody:
    """Says another thing to some texts when they are asked alone."""

    share: float

    def answer(self, inputs: Sequence[str], embeddings: Any = None) -> Answers:
        alone = len(inputs) == 1
        said = tuple("no" if alone and int(text) < 100 * self.share else "yes" for text in inputs)
        empty = np.zeros(len(said), np.int64)
        return Answers(said, None, (None,) * len(said), empty.astype(float), empty, empty)

    def save(self, folder: Path) -> None:
        raise AssertionError


@pytest.fixture(autouse=True)
def whole_timing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests shorten it for as long as they run together."""
    monkeypatch.setattr(latency, "SINGLES", 200)
    monkeypatch.setattr(latency, "BATCH", 256)
    monkeypatch.setattr(latency, "BATCH_ROUNDS", 3)


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_answers_that_differ_alone_and_among_others_are_counted(share: float) -> None:
    timing = time_candidate(Moody(share), [str(i) for i in range(100)])
    assert timing.flips is not None
    assert timing.flips.askings == 3
    assert timing.flips.items == 50
    assert timing.flips.rate == pytest.approx(share, abs=0.02)  # 50 of the 100, spread evenly
    assert Timing.from_json(timing.to_json()) == timing


@dataclass
class Swaying(Moody):
    """Says another thing in every second round among others."""

    rounds: int = 0

    def answer(self, inputs: Sequence[str], embeddings: Any = None) -> Answers:
        found = super().answer(inputs)
        self.rounds += len(inputs) > 1
        if len(inputs) == 1 or self.rounds % 2:
            return found
        return replace(found, outputs=("maybe",) * len(inputs))


def test_a_second_round_counts_too() -> None:
    timing = time_candidate(Swaying(0.0), [str(i) for i in range(100)])
    assert timing.flips is not None
    assert timing.flips.rate == 1.0


def test_a_slow_candidate_is_asked_again_about_few_texts_and_no_more_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    class Slow(Moody):
        def answer(self, inputs: Sequence[str], embeddings: Any = None) -> Answers:
            calls.append(len(inputs))
            return super().answer(inputs)

    monkeypatch.setattr(latency, "_at_once", lambda singles: latency.FEWEST_AT_ONCE)
    monkeypatch.setattr(latency, "BATCH_BUDGET_S", 0.0)
    timing = time_candidate(Slow(0.0), [str(i) for i in range(100)])
    assert timing.flips == Flips(0, 8, 3)
    assert [count for count in calls if count > 1] == [8, 8]


def test_flips_are_of_texts_that_were_answered_every_time() -> None:
    assert flips_of([["a", "b", None, "d"], ["a", "c", "x", "d"], ["a", "b", "x", "e"]]) == Flips(
        2, 3, 3
    )
    assert flips_of([["a"]]) is None
    assert flips_of([[None], ["a"]]) is None


@dataclass
class Writing(Moody):
    """Writes token by token."""

    begun: list[str] = field(default_factory=list)

    def begin(self, inputs: Sequence[str]) -> list[Completion]:
        self.begun += inputs
        return [Completion("y", None, "length", 3, 1, 0.01) for _ in inputs]


def test_the_first_token_is_timed_of_what_is_written_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "SINGLES", 40)
    texts = [str(i) for i in range(30)]
    writing = Writing(0.0)
    timing = time_candidate(writing, texts, writes=True)
    assert writing.begun == texts  # each once: an engine would still know what it read before
    assert len(timing.first_ms) == 30
    assert Timing.from_json(timing.to_json()) == timing
    report = latency_report(timing)
    assert report is not None
    assert report.first is not None
    assert report.first.n == 30
    assert report.first.p50.low <= report.first.p50.value <= report.first.p95.value
    for other, inputs, writes in (
        (Writing(0.0), texts, False),
        (Writing(0.0), texts[:10], True),
        (Moody(0.0), texts, True),
    ):
        unmeasured = latency_report(time_candidate(other, inputs, writes=writes))
        assert unmeasured is not None
        assert unmeasured.first is None
