"""What a task that writes would send to an endpoint: said before anything goes."""

from __future__ import annotations

from pathlib import Path

import pytest

import etude
from etude.errors import UsageError
from etude.progress import Silent
from etude.project import CompareOptions
from etude.workflow import egress
from tests.workflow._writing import COUNT, make_writing, row

MODEL = (
    "models: [{openai: {base_url: 'http://127.0.0.1:9/v1', model: m, price_in: 0, price_out: 10}}]"
)


class Told(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def test_answers_are_priced_by_the_length_of_the_ideal_ones(tmp_path: Path) -> None:
    ladder = "prompt, finetune, bake"
    folder = make_writing(tmp_path / "p", "write", ladder, **{"models: [./model]": MODEL})
    asked: list[egress.Egress] = []
    told = Told()

    def no(found: egress.Egress) -> bool:
        asked.append(found)
        return False

    with pytest.raises(UsageError, match="nobody agreed"):
        etude.open(folder, told).compare(CompareOptions(quick=True, confirm=no))
    (found,) = asked
    assert found.rows == COUNT
    mean = sum(len(row("write", n)["text"]) for n in range(COUNT)) / COUNT / egress.BYTES_PER_TOKEN
    assert found.price == pytest.approx(found.requests * mean * 10 / 1e6, rel=0.1)
    left = [line for line in told.lines if "is left out" in line]
    assert len(left) == 2
    assert all("weights are on this machine" in line for line in left)


def test_the_last_fit_is_counted_in_a_whole_comparison_only(tmp_path: Path) -> None:
    folder = make_writing(tmp_path / "p", "rewrite", "few_shot", **{"models: [./model]": MODEL})
    counts = []
    for quick in (True, False):
        asked: list[egress.Egress] = []

        def no(found: egress.Egress, asked: list[egress.Egress] = asked) -> bool:
            asked.append(found)
            return False

        with pytest.raises(UsageError):
            etude.open(folder).compare(CompareOptions(quick=quick, confirm=no))
        counts.append(asked[0].requests)
    again = 3 * COUNT // 5  # the first part's, asked three times more in either
    assert counts[1] - again > 5 * (counts[0] - again)
