from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.models._packing import (
    EVEN,
    PADDING,
    fill,
    needed_places,
    plan_batches,
    single_plan,
    width_for,
)

lengths_lists = st.lists(st.integers(1, 600), min_size=1, max_size=80)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(lengths_lists, st.sampled_from([32, 256, 4096]))
def test_every_token_of_every_text_stands_once_in_order(lengths, budget):
    tokens = [np.arange(1, n + 1, dtype=np.int32) + 1000 * i for i, n in enumerate(lengths)]
    seen = []
    for plan in plan_batches(lengths, budget):
        batch = fill(plan, tokens)
        assert batch.ids_RW.shape == (len(plan.rows), plan.width)
        for segment, text in enumerate(batch.texts):
            rows, places = np.nonzero(batch.segments_RW == segment)
            assert len(set(rows)) == 1
            assert (np.diff(places) == 1).all()
            assert (batch.ids_RW[rows, places] == tokens[text]).all()
            assert (batch.positions_RW[rows, places] == np.arange(len(tokens[text]))).all()
            seen.append(text)
        assert (batch.ids_RW[batch.segments_RW == PADDING] == 0).all()
    assert sorted(seen) == list(range(len(lengths)))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(lengths_lists)
def test_all_tokens_are_needed_and_little_padding(lengths):
    tokens = [np.arange(1, n + 1, dtype=np.int32) for n in lengths]
    for plan in plan_batches(lengths, 1024):
        batch = fill(plan, tokens)
        places = needed_places(batch)
        owners = batch.segments_RW.ravel()
        count = int((owners != PADDING).sum())
        if places is None:
            assert owners.size - count < EVEN
            continue
        assert (places[:count] == np.flatnonzero(owners != PADDING)).all()
        assert (owners[places[count:]] == PADDING).all()
        assert len(set(places.tolist())) == len(places) < owners.size
        assert len(places) % EVEN == 0
        assert len(places) - count < EVEN


def test_batches_keep_to_their_budget_and_waste_little():
    generator = np.random.default_rng(0)
    lengths = np.clip(generator.gamma(4, 4, 5000).astype(int), 3, 32).tolist()
    plans = plan_batches(lengths, 1024)
    assert max(len(plan.rows) * plan.width for plan in plans) <= 1024
    places = sum(len(plan.rows) * plan.width for plan in plans)
    assert places / sum(lengths) < 1.08


def test_the_same_lengths_give_the_same_plan():
    lengths = [5, 9, 9, 30, 2, 70, 9]
    assert plan_batches(lengths, 64) == plan_batches(list(lengths), 64)


def test_width_holds_the_text():
    assert [width_for(n) for n in (1, 32, 33, 512, 513)] == [32, 32, 64, 512, 544]
    assert single_plan([3, 40, 2]).width == 64
