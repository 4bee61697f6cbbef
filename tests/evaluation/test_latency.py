"""Timing: what is measured beside the seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.evaluation import latency
from etude.evaluation.latency import Timing, time_candidate


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


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_answers_that_differ_alone_and_among_others_are_counted(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests shorten the timing for as long as they run together.
    monkeypatch.setattr(latency, "SINGLES", 200)
    monkeypatch.setattr(latency, "BATCH", 256)
    timing = time_candidate(Moody(share), [str(i) for i in range(100)])
    assert timing.flips == pytest.approx(share)
    assert Timing.from_json(timing.to_json()) == timing
