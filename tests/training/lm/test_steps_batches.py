"""Which prompts share a beginning, and which examples stand together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps import plan_batches, prefix
from etude.training.lm.steps.prefix import Cluster, clusters_of, common, computed

from ._shapes import ids, some_pairs


class Shape:
    """A step as far as the plan looks at it."""

    name = "shape"

    def __init__(self, shares: bool, pads: bool) -> None:
        self.shares, self.pads = shares, pads


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in itertools.combinations(rest, size):
            left = [item for item in rest if item not in others]
            for more in partitions(left):
                yield [[first, *others], *more]


def cheapest(prompts: list[np.ndarray]) -> int:
    """Of all partitions whatever, by trying them."""
    best = None
    for groups in partitions(list(range(len(prompts)))):
        cost = 0
        for group in groups:
            alone = sum(len(prompts[i]) for i in group)
            depths = [common(prompts[group[0]], prompts[i]) for i in group]
            depth = min([*depths, *(len(prompts[i]) - 1 for i in group)])
            shared = depth + prefix.OPENING + alone - depth * len(group)
            cost += min(alone, shared)
        best = cost if best is None else min(best, cost)
    assert best is not None
    return best


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=10), min_size=1, max_size=6))
def test_no_partition_computes_fewer_tokens(lists: list[list[int]]) -> None:
    prompts = [ids(one) for one in lists]
    usual, prefix.OPENING = prefix.OPENING, 2
    try:
        found = clusters_of(prompts)
        cost = computed(prompts, found) + 2 * sum(cluster.prefix > 0 for cluster in found)
        assert cost == cheapest(prompts)
    finally:
        prefix.OPENING = usual
    assert sorted(i for cluster in found for i in cluster.members) == list(range(len(prompts)))
    for cluster in found:
        first = prompts[cluster.members[0]]
        for member in cluster.members:
            assert common(first, prompts[member]) >= cluster.prefix or len(cluster.members) == 1
            assert cluster.prefix < len(prompts[member])


def test_a_whole_prompt_is_never_swallowed() -> None:
    same = [ids(range(30)), ids(range(30)), ids(range(40))]
    assert clusters_of(same) == [Cluster(29, (0, 1, 2))]


def test_two_kinds_of_instructions_are_two_clusters() -> None:
    prompts = [p.prompt for p in (*some_pairs(3, 40, seed=1), *some_pairs(2, 30, seed=2))]
    assert clusters_of([prompts[i] for i in (0, 3, 1, 4, 2)]) == [
        Cluster(40, (0, 2, 4)),
        Cluster(30, (1, 3)),
    ]


def test_a_short_beginning_is_not_worth_it() -> None:
    prompts = [ids([1, 2], [n] * 5) for n in range(3, 6)]
    assert clusters_of(prompts) == [Cluster(0, (0, 1, 2))]


@pytest.mark.parametrize("step", [Shape(False, True), Shape(True, False), Shape(True, True)])
def test_every_example_once_and_the_same_plan_again(step: Shape) -> None:
    pairs = [*some_pairs(37, 24, seed=1), *some_pairs(23, 24, seed=2), *some_pairs(5, 0)]
    plan = plan_batches(pairs, 8, 3, 1, step)
    assert sorted(np.concatenate(plan)) == list(range(65))
    assert [len(batch) for batch in plan].count(8) == 8
    assert all(batch.dtype == np.int64 for batch in plan)
    again = plan_batches(pairs, 8, 3, 1, step)
    assert [list(batch) for batch in plan] == [list(batch) for batch in again]
    for other in (plan_batches(pairs, 8, 3, 2, step), plan_batches(pairs, 8, 4, 1, step)):
        assert [list(batch) for batch in plan] != [list(batch) for batch in other]


def test_kinds_of_prompts_stand_together() -> None:
    pairs = [*some_pairs(40, 24, seed=1), *some_pairs(24, 24, seed=2)]
    mixed = np.random.default_rng(0).permutation(64)
    pairs = [pairs[i] for i in mixed]
    plan = plan_batches(pairs, 8, 0, 0, Shape(True, False))
    assert all(len({mixed[i] < 40 for i in batch}) == 1 for batch in plan)


def test_rows_that_are_padded_are_of_similar_length() -> None:
    random = np.random.default_rng(0)
    pairs = [TokenPair(ids([1] * n), ids([2])) for n in random.integers(5, 100, 512)]

    def padding(step: Shape) -> float:
        plan = plan_batches(pairs, 8, 0, 0, step)
        rows = sum(max(len(pairs[i]) for i in batch) * len(batch) for batch in plan)
        return rows / sum(len(pair) for pair in pairs) - 1

    assert padding(Shape(False, True)) < 0.1
    assert padding(Shape(False, False)) > 0.4


def test_lengths_do_not_come_in_order() -> None:
    pairs = [TokenPair(ids([1] * n), ids([2])) for n in range(5, 517)]
    plan = plan_batches(pairs, 8, 0, 0, Shape(False, True))
    means = [np.mean([len(pairs[i]) for i in batch]) for batch in plan]
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3


def test_no_examples_no_batches() -> None:
    assert plan_batches([], 8, 0, 0, Shape(True, True)) == []
