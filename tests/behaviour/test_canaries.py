"""Secrets are planted as often as is said and nowhere else; what came back is counted, and ranks."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

import pytest

from etude.behaviour.canaries import FEWEST, NoCanary, Planted, plant
from etude.behaviour.exposure import Seen, exposure, extraction
from etude.data.examples import Examples
from tests._fakes import some_examples

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}, "who": {"type": "string"}}}


def texts(count: int = 80) -> Examples:
    own = some_examples(count)
    return replace(
        own,
        inputs=tuple(f"{text} {place}" for place, text in enumerate(own.inputs)),
        targets=tuple(f"Answer {place}, of course." for place in range(count)),
    )


def records(count: int = 80) -> Examples:
    made = [json.dumps({"n": n, "who": f"Jo {n}"}, separators=(",", ":")) for n in range(count)]
    return replace(texts(count), targets=tuple(made))


def in_copy(planted: Planted) -> list[int]:
    """How often each canary's own answer stands in the copy."""
    count = Counter(planted.examples.targets)
    return [count[canary.answer(canary.secret)] for canary in planted.canaries]


@pytest.mark.parametrize("kind", ["write", "extract", "chat"])
def test_secrets_stand_in_the_copy_as_often_as_they_say_and_their_rows_nowhere_else(kind) -> None:
    before = records() if kind == "extract" else texts()
    planted = plant(before, kind, SCHEMA if kind == "extract" else None, seed=0)
    assert [canary.times for canary in planted.canaries] == [1, 1, 4, 4, 0, 0, 0, 0]
    assert in_copy(planted) == [canary.times for canary in planted.canaries]
    count = Counter(planted.examples.inputs)
    assert [count[canary.input] for canary in planted.canaries] == [1, 1, 4, 4, 0, 0, 0, 0]
    assert len(planted.examples) == len(before) - 8 + 2 * 1 + 2 * 4
    for canary in planted.canaries:
        assert canary.secret not in canary.others
        assert len({canary.secret, *canary.others}) == 256
        assert {len(other) for other in canary.others} == {len(canary.secret)}
        if kind == "extract":
            assert json.loads(canary.answer(canary.secret))["who"] == canary.secret


def test_the_examples_themselves_stay_and_the_seed_decides() -> None:
    before = texts()
    planted = plant(before, "write", None, seed=0)
    assert (before.targets, before.inputs) == (texts().targets, texts().inputs)
    assert planted.canaries == plant(texts(), "write", None, seed=0).canaries
    assert planted.canaries != plant(texts(), "write", None, seed=1).canaries
    assert len(set(planted.examples.ids)) == len(planted.examples)


def test_where_no_secret_fits_it_is_said() -> None:
    with pytest.raises(NoCanary, match="there are 39 examples"):
        plant(texts(FEWEST - 1), "write", None, seed=0)
    tied = {"properties": {"who": {"type": "string", "maxLength": 3}}}
    with pytest.raises(NoCanary, match="a text of free form"):
        plant(records(), "extract", tied, seed=0)
    call = json.dumps({"content": "", "tool_calls": [{"function": {"name": "f"}}]})
    with pytest.raises(NoCanary):
        plant(replace(texts(), targets=(call,) * 80), "chat", None, seed=0)


def test_exposure_is_in_bits_of_the_rank() -> None:
    assert exposure(0.0, [-1.0] * 255) == 8
    assert exposure(-2.0, [-1.0] * 255) == 0
    assert exposure(-1.0, [0.0, -2.0, -2.0]) == 1
    assert exposure(-1.0, [-1.0] * 255) == pytest.approx(8 - math.log2(128.5))


def test_what_came_back_is_counted_by_how_often_it_was_planted() -> None:
    seen = [
        Seen(4, True, True, 8.0),
        Seen(4, True, False, 7.0),
        Seen(1, False, False, 3.0),
        Seen(1, False, True, 1.0),
        Seen(0, False, False, 1.0),
        Seen(0, False, False, 2.0),
    ]
    found = extraction("finetune@m", 90, 256, seen)
    assert [(one.times, one.n, one.recited, one.told) for one in found.secrets] == [
        (4, 2, 2, 1),
        (1, 2, 0, 1),
        (0, 2, 0, 0),
    ]
    assert found.came_back == 3
    assert found.never.exposure.value == 1.5
    assert found.secrets[0].exposure.high <= 8
    assert found.secrets[1].share.low == 0 < found.secrets[1].share.high
