"""How far two ways are apart on dev, by answers made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from etude.approaches._base import Choice
from etude.data.examples import Examples
from etude.evaluation import apart
from etude.evaluation.apart import Apart
from etude.evaluation.parts import Part

from .test_scorecard import JUDGE, examples


def choice(outputs: Sequence[str | None]) -> Choice:
    return Choice({}, 0.0, (), tuple(outputs))


def part(index: int, dev: Examples) -> Part:
    return Part(index, dev, dev, dev)


def wrong_at(dev: Examples, rows: Sequence[int]) -> Choice:
    return choice(["none" if i in rows else target for i, target in enumerate(dev.targets)])


def test_groups_that_differ_together_are_alike_and_alone_there_is_nothing_to_say() -> None:
    dev = examples(40, np.repeat(np.arange(10), 4))
    right, together, spread = (wrong_at(dev, rows) for rows in ([], range(8), range(0, 40, 5)))
    one = apart.between(JUDGE, [part(0, dev)], [right], [together])
    other = apart.between(JUDGE, [part(0, dev)], [right], [spread])
    assert one is not None
    assert other is not None
    assert one.discordance == other.discordance == pytest.approx(9 / 42)
    assert one.correlation == pytest.approx(1)
    assert other.correlation is not None
    assert other.correlation < 0
    alone = apart.between(JUDGE, [part(0, examples(40))], [right], [together])
    assert alone == Apart(9 / 42, None)


def test_an_example_that_is_dev_in_two_parts_is_no_group() -> None:
    dev = examples(20)
    right, wrong = wrong_at(dev, []), wrong_at(dev, range(5))
    found = apart.between(JUDGE, [part(0, dev), part(1, dev)], [right] * 2, [wrong] * 2)
    assert found is not None
    assert found.correlation is None


def test_where_nothing_was_answered_the_usual_stands() -> None:
    dev = examples(3)
    nothing = choice([None] * 3)
    assert apart.between(JUDGE, [part(0, dev)], [nothing], [nothing]) is None
    assert apart.mean([]) == Apart(0.1, None)
    assert apart.mean([Apart(0.2, None), Apart(0.4, 0.5)]) == Apart(pytest.approx(0.3), 0.5)
