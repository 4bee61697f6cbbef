"""Drawn tokens and told alternatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from etude.models.generation.choosing import Draw, next_tokens
from etude.models.generation.jobs import Job

LOGITS = torch.log(torch.tensor([0.1, 0.5, 0.3, 0.08, 0.02]))


@pytest.mark.parametrize(
    ("top_p", "ids"), [(0.2, {1}), (0.5, {1}), (0.51, {1, 2}), (0.9, {0, 1, 2})]
)
def test_only_the_likeliest_that_reach_the_share_are_drawn(top_p, ids):
    draw = Draw(seed=3, temperature=1.0, top_p=top_p)
    drawn = [draw(LOGITS) for _ in range(400)]
    assert set(drawn) == ids
    whole = sum(float(LOGITS.exp()[i]) for i in ids)
    for one in ids:
        share = float(LOGITS.exp()[one]) / whole
        assert drawn.count(one) / 400 == pytest.approx(share, abs=0.09)


def test_alternatives_are_the_likeliest_with_their_logs():
    ids = np.array([0], dtype=np.int32)
    jobs = [Job(ids, 1, frozenset(), alternatives=count) for count in (0, 2, 9)]
    chosen = next_tokens(LOGITS.repeat(3, 1), jobs, [None] * 3)
    assert [len(one.top) for one in chosen] == [0, 2, 5]
    assert [i for i, _ in chosen[1].top] == [1, 2]
    assert chosen[1].top[0][1] == pytest.approx(np.log(0.5)) == pytest.approx(chosen[1].log)
