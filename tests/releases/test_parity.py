"""What counts as the same candidate."""

from __future__ import annotations

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.errors import GateNotMet
from etude.records.release import Leg, Parity
from etude.releases import parity
from etude.statistics.intervals import Interval
from etude.workflow.gating import hold


def answers(
    outputs: list[str | None], sure: list[float] | None = None, failure: str | None = None
) -> Answers:
    count = len(outputs)
    table = None if sure is None else np.array([[p, 1 - p] for p in sure], dtype=np.float32)
    nothing = np.zeros(count, dtype=np.int64)
    return Answers(
        tuple(outputs),
        table,
        tuple(failure if output is None else None for output in outputs),
        np.zeros(count),
        nothing,
        nothing,
    )


def test_the_same_outputs_are_the_same() -> None:
    found = parity.compare("x", answers(["a", "b"], [0.9, 0.8]), answers(["a", "b"], [0.9, 0.75]))
    assert found.leg.same
    assert found.leg.confidence_moved == pytest.approx(0.05, abs=1e-6)
    assert found.differences == ()


def test_a_difference_is_named_by_its_row() -> None:
    found = parity.compare("x", answers(["a", None], failure="timeout"), answers(["b", None]))
    assert not found.leg.same
    rows = [(one.row, one.expected, one.found) for one in found.differences]
    assert rows == [(1, "a", "b"), (2, "[timeout]", None)]


def test_an_answer_that_is_handed_over_by_one_way_alone_differs() -> None:
    first, second = answers(["a", "b"], [0.9, 0.8]), answers(["a", "b"], [0.9, 0.7])
    assert parity.compare("x", first, second).leg.same
    found = parity.compare("x", first, second, 0.75)
    assert not found.leg.same
    rows = [(one.row, one.expected, one.found) for one in found.differences]
    assert rows == [(2, "[by itself] b", "[to a person] b")]
    assert not parity.compare("x", second, first, 0.75).leg.same
    assert not parity.compare("x", first, answers(["a", "b"]), 0.75).leg.same
    assert parity.compare("x", answers(["a", "b"]), second, 0.75).leg.same  # nobody knows the first


def test_a_score_that_was_merely_rounded_may_cross_the_threshold() -> None:
    first, second = answers(["a"], [0.75]), answers(["a"], [0.7499])
    assert parity.compare("x", first, second, 0.75).leg.same


def told(
    outputs: list[str | None], sure: list[float | None], look: list[bool | None], word: str = "x"
) -> parity.Told:
    failures = [word if output is None else None for output in outputs]
    return parity.Told.of(outputs, failures, sure, look)


def test_what_callers_are_told_is_the_output_and_who_looks() -> None:
    first = told(["a", "b", None], [0.9, 0.6, None], [False, True, True])
    assert parity.compare_told("x", first, first).leg.same
    other = told(["a", "b", None], [0.8, 0.6, None], [False, True, True], "another_word")
    found = parity.compare_told("x", first, other)
    assert found.leg.same
    assert found.leg.confidence_moved == pytest.approx(0.1)
    gone = told(["a", None, "c"], [0.9, None, 0.5], [False, True, True])
    rows = [(one.row, one.found) for one in parity.compare_told("x", first, gone).differences]
    assert rows == [(2, "[x]"), (3, "c")]


def test_an_answer_that_callers_are_told_to_look_at_otherwise_differs() -> None:
    first = told(["a", "b", "c"], [0.9, 0.6, None], [False, True, None])
    wrong = told(["a", "b", "c"], [0.9, 0.6, None], [True, None, False])
    found = parity.compare_told("x", first, wrong, 0.75)
    assert [one.found for one in found.differences] == [
        "[to a person] a",
        "[nobody says who looks] b",
    ]
    assert found.differences[0].expected == "[by itself] a"


@pytest.mark.parametrize(("threshold", "same"), [(0.755, True), (0.5, False), (None, False)])
def test_rounding_decides_only_near_the_threshold(threshold: float | None, same: bool) -> None:
    first, second = told(["a"], [0.757], [False]), told(["a"], [0.753], [True])
    assert parity.compare_told("x", first, second, threshold).leg.same is same


def test_scores_are_taken_where_there_are_none() -> None:
    known = parity.with_scores(answers(["a", "b"]), answers(["a", "c"], [0.9, 0.8]))
    assert known.outputs == ("a", "b")
    assert known.score == pytest.approx([0.9, 0.8])
    kept = parity.with_scores(answers(["a"], [0.6]), answers(["a"], [0.9]))
    assert kept.score == pytest.approx([0.6])


def test_a_rounded_way_must_be_no_worse() -> None:
    found = parity.compare("x", answers(["a", "b"]), answers(["a", "c"]))
    good = parity.lossy(found, Interval(point=-0.001, low=-0.01, high=0.01, level=0.95), 0.02)
    bad = parity.lossy(found, Interval(point=-0.001, low=-0.03, high=0.03, level=0.95), 0.02)
    assert good.leg.same
    assert not bad.leg.same


def test_what_was_not_tried_is_not_the_same() -> None:
    assert not Leg(name="x", inputs=0, differing=0).same
    assert not Leg(name="x", inputs=0, differing=0, exact=False).same


def test_places_are_spread_and_repeat_nothing() -> None:
    assert parity.places(7) == list(range(7))
    found = parity.places(1234)
    assert (found[0], found[-1], len(set(found))) == (0, 1233, parity.INPUTS)


def test_the_gate_shows_and_stops_unless_allowed() -> None:
    compared = parity.compare("the release", answers(["a", "b"]), answers(["a", "c\nd"]))
    said: list[str] = []
    with pytest.raises(GateNotMet, match="1 of 2 inputs differently") as caught:
        hold(Parity(inputs=2, legs=(compared.leg,)), [compared], said.append)
    assert "--allow-differences" in str(caught.value.hint)
    assert said[1] == "  input 2: “b” became “c d”"
    hold(Parity(inputs=2, legs=(compared.leg,), allowed=True), [compared], said.append)


def test_the_gate_is_open_where_nothing_differs() -> None:
    compared = parity.compare("the release", answers(["a"]), answers(["a"]))
    said: list[str] = []
    hold(Parity(inputs=1, legs=(compared.leg,)), [compared], said.append)
    assert said == ["the release answered 1 input as the candidate did."]


def test_differences_that_are_not_shown_are_counted() -> None:
    said: list[str] = []
    was, now = [str(place) for place in range(9)], [f"{place}!" for place in range(9)]
    compared = parity.compare("x", answers([*was]), answers([*now]))
    hold(Parity(inputs=9, legs=(compared.leg,), allowed=True), [compared], said.append)
    assert [line.strip()[:7] for line in said[1:]] == [
        *(f"input {n}" for n in range(1, 6)),
        "and 4 m",
    ]
