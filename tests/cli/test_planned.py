"""``check --training`` at a terminal: every sample that was looked at, what is learned apart."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import cast

from rich.console import Console

from etude.cli._drawing import Paper
from etude.cli._planned import show_planned
from etude.training.lm.samples import Sample
from etude.workflow.training import Planned


def test_all_three_samples_are_shown() -> None:
    samples = tuple(Sample(f"asked {n}", f"told {n}", 10 + n, n) for n in (1, 2, 3))
    looked = SimpleNamespace(advice=(), notices=("one was left out",), samples=samples)
    planned = SimpleNamespace(plain_name="fine-tuned", sentence="60 examples", looked=looked)
    shown = io.StringIO()
    show_planned(Paper(Console(file=shown, width=80)), [cast("Planned", planned)])
    lines = shown.getvalue().splitlines()
    for n in (1, 2, 3):
        begins = lines.index(f"  shown, {10 + n} tokens that are not learned:")
        assert lines[begins + 1 : begins + 4] == [
            f"  | asked {n}",
            f"  learned, {n} tokens with the end of the turn:",
            f"  > told {n}",
        ]
    assert "  • one was left out" in lines
