"""A model that compares two answers in both orders: what its words amount to."""

from __future__ import annotations

import json

import numpy as np
import pytest

from etude.evaluation import pair_judge
from etude.models._base import Completion
from etude.records.task import ModelJudge, ModelRef, Task

TASK = Task.model_validate({"task": "t", "kind": "write", "data": {"examples": "x.csv"}})
JUDGE = ModelJudge(model=ModelRef(name="m"), criteria={"kind": "Is it kind?"}, pairs=True)


def completion(text: str | None) -> Completion:
    return Completion(text, None if text is not None else "timeout", "stop", 1, 1, 0.0)


def test_each_pair_is_asked_both_ways_round_without_names() -> None:
    asked = pair_judge.requests(TASK, JUDGE, ["in"], ["ideal"], [("x", "y")])
    shown = [json.loads(request.messages[-1].content) for request in asked]
    orders = [(one["first_answer"], one["second_answer"]) for one in shown]
    assert orders == [("x", "y"), ("y", "x")]
    assert shown[0]["questions"] == ["Is it kind?"]
    assert all(request.json_schema == pair_judge.SCHEMA for request in asked)


@pytest.mark.parametrize(
    ("forth", "back", "score"),
    [
        ("second", "first", 1.0),
        ("first", "second", 0.0),
        ("first", "first", 0.5),
        ("second", "second", 0.5),
        ("same", "first", 0.5),
        ("same", "same", 0.5),
        ("first", "nonsense", np.nan),
        (None, "first", np.nan),
    ],
)
def test_only_a_word_that_holds_in_both_orders_counts(
    forth: str | None, back: str | None, score: float
) -> None:
    words = [None if word is None else json.dumps({"better": word}) for word in (forth, back)]
    said = pair_judge.read([completion(word) for word in words])
    assert pair_judge.outcomes(said) == pytest.approx([score], nan_ok=True)


def test_going_by_the_place_is_counted() -> None:
    said = np.array([[1, 1], [1, 1], [-1, -1], [1, -1], [0, 0]], dtype=np.int8)
    assert pair_judge.by_place(said) == (2, 1)


def test_what_is_no_word_can_not_be_read() -> None:
    said = pair_judge.read([completion("no JSON"), completion('{"better": ["first"]}')])
    assert (said == pair_judge.UNMEASURED).all()
