"""How many more examples settle it: the rule on many draws at once, and what the number means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.records.estimate import Estimate
from etude.records.verdict import Pair
from etude.statistics.power import settling
from etude.verdict._pairs import Differences
from etude.verdict.decide import Circumstances, decide
from etude.verdict.more import CHANCE, more_examples, settles
from tests.verdict.test_decide import ORDER, TASK, candidate, pairs

RUNGS = tuple(ORDER)
GAPS = st.lists(st.floats(-0.3, 0.3), min_size=2, max_size=5)


def race(values: dict[str, float], half: float, n: int = 100, level: float = 0.95) -> Differences:
    names = list(values)
    return Differences(
        [
            Pair(
                a=a,
                b=b,
                difference=Estimate(
                    value=values[b] - values[a],
                    low=values[b] - values[a] - half,
                    high=values[b] - values[a] + half,
                    level=level,
                ),
                call="cant_tell",
                worth_it=False,
                n=n,
            )
            for i, a in enumerate(names)
            for b in names[i + 1 :]
        ]
    )


@settings(deadline=None, max_examples=40)
@given(GAPS, st.floats(0.005, 0.2), st.sampled_from([None, 0, 1]))
def test_the_rule_is_that_of_the_verdict(
    values: list[float], half: float, production: int | None
) -> None:
    ways = [candidate(rung, 0.6 + value) for rung, value in zip(RUNGS, values, strict=False)]
    names = [way.name for way in ways]
    incumbent = None if production is None else names[production]
    said = decide(
        TASK, ways, pairs(ways, half), Circumstances(scored=500, incumbent=incumbent)
    ).more_examples
    above = np.array([[one - other for other in values] for one in values])
    # Not within a hair of a border, where the last digit decides.
    if np.abs(np.abs(above) - half).min() < 1e-9 or np.abs(above - half + 0.02).min() < 1e-9:
        return
    held = settles(above - half, above + half, TASK.bar.margin, production)
    assert bool(held) == (said is None)


def test_two_ways_need_what_their_pair_needs() -> None:
    alone = settling(-0.01, 0.2, 0.02, 300, chance=CHANCE)  # the lower less the higher
    half = 1.96 * math.sqrt((0.2 - 0.01**2) / 300)
    found = more_examples(["a", "b"], race({"a": 0.8, "b": 0.81}, half), 0.02, 300)
    assert alone.more is not None
    assert found == pytest.approx(alone.more, rel=0.05)


def test_a_rung_that_one_other_beats_needs_no_word_on_the_rest() -> None:
    leader = {"prompt": 0.72, "few_shot": 0.82, "retrieval": 0.80, "probe": 0.91}
    found = more_examples(list(leader), race(leader, 0.11), 0.02, 100)
    # By pairs: few_shot against retrieval, 2 points apart, would take thousands.
    apart = settling(0.02, 0.18, 0.02, 100, comparisons=6, chance=CHANCE)
    assert apart.more is not None
    assert found < apart.more / 2


def test_the_nearer_the_more() -> None:
    def of(gap: float, margin: float = 0.02) -> float:
        values = {"prompt": 0.5, "probe": 0.9, "finetune": 0.9 + gap}
        return more_examples(list(values), race(values, 0.08), margin, 100)

    assert of(0.07) < of(0.05) < of(0.03)
    assert of(0.03, margin=0.04) < of(0.03)


def test_what_is_in_production_is_settled_sooner() -> None:
    values = {"prompt": 0.88, "probe": 0.9}
    free = more_examples(list(values), race(values, 0.05), 0.02, 100)
    kept = more_examples(list(values), race(values, 0.05), 0.02, 100, "probe")
    assert kept < free


def test_as_many_settle_it_as_often_as_is_meant() -> None:
    """Truths about what was seen, then the examples: counted by hand, one draw after the other."""
    values, half, n = np.array([0.78, 0.80, 0.86]), 0.06, 200
    names = ["prompt", "probe", "finetune"]
    found = more_examples(names, race(dict(zip(names, values, strict=True)), half), 0.02, n)
    # Each way's own error, alike and independent; three pairs at 95 % together.
    own = half / 2.394 / math.sqrt(2)
    rng, settled = np.random.default_rng(5), 0
    for _ in range(3_000):
        truth = values + rng.normal(0, own, 3)
        fresh = truth + rng.normal(0, own * math.sqrt(n / found), 3)
        seen = (n * values + found * fresh) / (n + found)
        above, now = seen[:, None] - seen[None, :], half * math.sqrt(n / (n + found))
        settled += bool(settles(above - now, above + now, 0.02))
    assert settled / 3_000 == pytest.approx(CHANCE, abs=0.03)


def test_an_older_comparison_is_still_read() -> None:
    (pair,) = pairs([candidate("prompt", 0.5), candidate("probe", 0.6)], 0.1)
    stored = {**pair.model_dump(mode="json", exclude={"n"}), "more_together": 900.0}
    assert Pair.model_validate(stored) == pair
