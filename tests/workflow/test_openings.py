"""Instructions that all conversations began with: they are found, and added where they are left out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from etude.data.conversations import Turn, as_input
from etude.workflow import openings
from etude.workflow.asked import Inputs
from etude.workflow.openings import all_begun


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


def test_what_a_conversation_lacks_is_put_before_it() -> None:
    whole = as_input([Turn("system", "s"), Turn("user", "x")])
    inputs = Inputs(("x", whole, ""), ({"messages": "x"},) * 3)
    assert all_begun(inputs, ["s"]).texts == (whole, whole, "")
    assert all_begun(inputs, ["s"]).columns == inputs.columns
    assert all_begun(inputs, []) == inputs
