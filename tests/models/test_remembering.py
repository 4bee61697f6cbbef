"""A model that says again what it said before is asked nothing twice, and says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests._fakes import FakeChat

from etude.models._base import ChatRequest, Completion, Message
from etude.models._likelihood import Likelihood
from etude.models._remembering import Remembering, Tally, from_json, to_json


class Kept:
    """Through JSON, as a store keeps it."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {key: json.loads(self.values[key]) for key in keys if key in self.values}

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        self.values |= {key: json.dumps(value) for key, value in values.items()}


def asked(text: str, **more: Any) -> ChatRequest:
    return ChatRequest((Message("system", "a b"), Message("user", text)), ("a", "b"), **more)


def test_what_was_answered_is_answered_the_same_without_asking() -> None:
    kept, tally = Kept(), Tally()
    first, second = FakeChat(), FakeChat()
    requests = [asked("a"), asked("b"), asked("a"), asked("REFUSE")]
    before = Remembering(first, kept, tally).complete(requests)
    assert len(first.seen) == 3  # the same twice is asked once
    assert (tally.kept, tally.asked) == (0, 3)
    Remembering(first, kept, tally).complete(requests)
    assert (tally.kept, tally.asked) == (0, 3)  # of now, not of before
    later = Tally()
    after = Remembering(second, kept, later).complete([*requests, asked("new")])
    assert [one.messages[-1].content for one in second.seen] == ["new"]
    assert [replace(one, cached=False) for one in after[:4]] == before
    assert [one.cached for one in after] == [True] * 4 + [False]
    assert before[3].failure == "refusal"
    assert (later.kept, later.asked) == (3, 1)


def test_whatever_is_asked_otherwise_is_another_request() -> None:
    kept, model = Kept(), FakeChat()
    remembering = Remembering(model, kept, Tally())
    others = [asked("a"), asked("a", max_tokens=9), asked("a", asking=1)]
    remembering.complete([*others, replace(others[0], choices=("a",))])
    assert len(model.seen) == 4


def test_what_is_drawn_is_drawn_again() -> None:
    kept, model = Kept(), FakeChat()
    remembering = Remembering(model, kept, Tally())
    for _ in range(2):
        remembering.complete([asked("a", temperature=0.5)])
    assert len(model.seen) == 2
    assert not kept.values


def test_an_answer_goes_through_json_whole() -> None:
    shares = (0.1, 0.9)
    answer = Completion("b", None, "stop", 3, 1, 0.25, shares, False, Likelihood(-0.5, -2.0))
    again = from_json(json.loads(json.dumps(to_json(answer))))
    assert again == answer
    assert again.likelihood == answer.likelihood
    named = Likelihood(-0.5, -2.0, (("who", -2.0), ("n", 0.0)))
    record = Completion('{"who":"Bo","n":2}', None, "stop", 3, 9, 0.25, likelihood=named)
    assert from_json(json.loads(json.dumps(to_json(record)))).likelihood == named


def test_answers_of_older_versions_name_no_fields_and_are_kept_as_they_were() -> None:
    answer = Completion("b", None, "stop", 3, 1, 0.25, likelihood=Likelihood(-0.5, -2.0))
    kept = to_json(answer)
    assert kept["likelihood"] == {"mean": -0.5, "least": -2.0}
    assert from_json(json.loads(json.dumps(kept))).likelihood == Likelihood(-0.5, -2.0)
