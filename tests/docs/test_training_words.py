"""What the pages say of training is what training says."""

from __future__ import annotations

import pytest

from etude.training.lm import loop
from etude.training.lm.checkpoints import EVERY_SECONDS
from etude.training.lm.checks import MOST_TOO_LONG
from etude.training.lm.curve import describe
from etude.training.lm.log import LogRow
from etude.training.lm.plan import LOOKS
from etude.training.lm.settings import LmSettings
from etude.training.lm.steps.choosing import CLOSE, LEAST_SAVED
from etude.training.lm.teaching import LIKELIEST
from tests.docs._pages import page

PAGE = page("explanation/how-training-works.md")
FLAT = " ".join(PAGE.split())


def curve(dev: list[float], train: list[float]) -> list[LogRow]:
    losses = [None, *train]
    return [
        LogRow(
            step=10 * n,
            epoch=float(n),
            loss=losses[n],
            dev_loss=dev[n],
            learning_rate=1e-3,
            tokens_per_second=1.0,
            seconds=1.0,
        )
        for n in range(len(dev))
    ]


CURVES = {
    "by heart": (curve([2.0, 1.0, 1.2, 1.4], [1.5, 1.0, 0.5]), False),
    "lowest": (curve([2.0, 1.0, 1.2, 1.4], [1.0, 1.0, 1.0]), False),
    "falling": (curve([2.0, 1.5, 1.2, 1.0], [1.9, 1.4, 1.0]), False),
    "no better": (curve([2.0, 2.1, 2.2], [1.9, 1.4]), False),
    "early": (curve([2.0, 1.0, 1.2, 1.4], [1.0, 1.0, 1.0]), True),
}


@pytest.mark.parametrize("name", CURVES)
def test_every_sentence_about_a_curve_is_explained(name: str) -> None:
    (row,) = (line.lower() for line in ROWS if KEYS[name] in line)
    said = " ".join(describe(*CURVES[name])).lower()
    for part in KEYS[name].split(" … "):
        assert part in said, said
        assert part in row


ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")]
KEYS = {
    "by heart": "while the training loss falls",
    "lowest": "the loss on the examples kept aside was lowest after",
    "falling": "the loss on the examples kept aside was still falling at the end",
    "no better": "made the loss on the examples kept aside no better than it was before",
    "early": "training stopped early",
}


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"less than {LEAST_SAVED:.0%}".replace("%", " %") in FLAT
    assert (CLOSE, "one part in ten thousand" in FLAT) == (1e-4, True)
    assert f"more than {MOST_TOO_LONG:.0%}".replace("%", " %") in FLAT
    assert f"About every {EVERY_SECONDS:.0f} seconds" in FLAT
    assert (LOOKS, "about ten times" in FLAT) == (10, True)
    assert (LmSettings().patience, "After three looks" in FLAT) == (3, True)
    assert f"the {LIKELIEST} likeliest tokens" in FLAT
    assert "No examples were kept aside" in str(loop._told.__code__.co_consts)
