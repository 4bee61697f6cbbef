"""Instructions that all conversations began with: they are found, and added where they are left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from etude.data.conversations import Turn, as_input
from etude.workflow import openings
from etude.workflow.asked import Inputs
from etude.workflow.openings import all_begun
from etude.workflow.predict import _Who
from etude.workflow.predictions import Prediction, Predictions


@pytest.mark.parametrize(
    ("kind", "count", "found"),
    [
        ("chat", 1, (("s0",), ("s0",))),
        ("chat", 2, (("s0", "s1"), ())),
        ("chat", 101, (None, ())),
        ("write", 1, ((), ())),
    ],
)
def test_the_instructions_of_conversations_are_known_to_a_release(
    monkeypatch: pytest.MonkeyPatch, kind: str, count: int, found: tuple[Any, Any]
) -> None:
    turns = [[Turn("system", f"s{n}"), Turn("user", "x")] for n in range(count)] * 2
    inputs = (*map(as_input, turns), *["no list of messages"][: count - 1])
    examples = SimpleNamespace(everything=lambda: SimpleNamespace(inputs=inputs))
    monkeypatch.setattr(openings.stored, "read", lambda folder: examples)
    store: Any = SimpleNamespace(version_folder=lambda name: name)
    comparison: Any = SimpleNamespace(
        task=SimpleNamespace(kind=kind), dataset=SimpleNamespace(id="v")
    )
    assert openings.systems(store, comparison) == found


def test_predict_asks_with_them_and_tells_what_was_typed() -> None:
    asked: list[str] = []

    def answer(inputs: Inputs, confirm: object) -> Predictions:
        asked.extend(inputs.texts)
        return Predictions("c", tuple(Prediction(t, "a", None, None) for t in inputs.texts), "chat")

    described: Any = None
    found = _Who(described, ["s"], answer).ask(Inputs(("x",), ({"messages": "x"},)), None)
    assert asked == [as_input([Turn("system", "s"), Turn("user", "x")])]
    assert [one.text for one in found.answers] == ["x"]


def test_what_a_conversation_lacks_is_put_before_it() -> None:
    whole = as_input([Turn("system", "s"), Turn("user", "x")])
    inputs = Inputs(("x", whole, ""), ({"messages": "x"},) * 3)
    assert all_begun(inputs, ["s"]).texts == (whole, whole, "")
    assert all_begun(inputs, ["s"]).columns == inputs.columns
    assert all_begun(inputs, []) == inputs
