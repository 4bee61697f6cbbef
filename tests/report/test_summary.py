from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from etude.records.candidate import Cost
from etude.records.comparison import Comparison
from etude.report.as_json import to_json
from etude.report.summary import plain_rows

from . import fixtures


@pytest.mark.parametrize("build", fixtures.COMPARISONS.values(), ids=fixtures.COMPARISONS)
def test_the_json_has_the_versioned_shape(build: Callable[[], Comparison]) -> None:
    found = json.loads(json.dumps(to_json(build()), allow_nan=False))
    assert list(found) == [
        *(
            "schema",
            "task",
            "dataset",
            "scored_on",
            "check",
            "quick",
            "by_phrase",
            "candidates",
            "verdict",
            "pairs",
        ),
    ]
    assert found["schema"] == 1
    assert set(found["verdict"]) == {
        "decision",
        "recommended",
        "settled",
        "exploratory",
        "sentence",
        "reasons",
        "more_examples",
        "largest_loss",
        "frontier",
        "missing",
    }
    for pair in found["pairs"]:
        assert pair["low"] <= pair["difference"] <= pair["high"]
        assert {pair["a"], pair["b"]} <= {candidate["name"] for candidate in found["candidates"]}
    for candidate in found["candidates"]:
        assert set(candidate) == {
            "name",
            "rung",
            "model",
            "quality",
            "cost_per_1000",
            "person_minutes_per_1000",
            "latency_ms",
            "flips",
            "difference",
            "bar",
            "hand_over",
            "wrong_turns",
        }
        if candidate["quality"] is not None:
            assert set(candidate["quality"]) == {"metric", "value", "low", "high", "n"}
            assert candidate["person_minutes_per_1000"]["value"] > 0
        if candidate["latency_ms"] is not None:
            assert candidate["latency_ms"]["p50_low"] < candidate["latency_ms"]["p50_high"]
            assert candidate["latency_ms"]["first_token"] is None
        if candidate["difference"] is not None:
            assert set(candidate["difference"]) == {"low", "high", "call"}
        assert candidate["bar"] in ("met", "not_met", "uncertain", None)


def test_what_was_not_measured_is_null_never_zero() -> None:
    for candidate in to_json(fixtures.quick())["candidates"]:
        assert candidate["cost_per_1000"] is None
        assert candidate["latency_ms"] is None
    unscored = [c for c in to_json(fixtures.fine_tune())["candidates"] if c["quality"] is None]
    assert [c["name"] for c in unscored] == ["finetune@some-hub/other-encoder-base"]
    assert to_json(fixtures.quick())["verdict"]["more_examples"] is None


def test_the_difference_is_against_the_baseline() -> None:
    found = {c["name"]: c for c in to_json(fixtures.dont_fine_tune())["candidates"]}
    assert found["probe@builtin:minilm"]["difference"] is None
    assert found["prompt@builtin:minilm"]["difference"]["call"] == "worse"
    assert found["prompt@builtin:minilm"]["difference"]["high"] < 0


def test_the_bar_is_the_worst_of_its_gates() -> None:
    found = {c["rung"]: c["bar"] for c in to_json(fixtures.dont_fine_tune())["candidates"]}
    assert found["prompt"] == "not_met"
    assert found["retrieval"] == "met"


def test_rows_are_in_order_of_effort_and_say_which_is_recommended() -> None:
    rows = plain_rows(fixtures.dont_fine_tune())
    assert [row.title for row in rows] == [
        "Instructions only",
        "A few examples",
        "Look-up",
        "Quick classifier",
        "Fine-tuned",
    ]
    assert [row.mark for row in rows] == ["", "", "recommended", "", ""]
    assert [row.mark for row in plain_rows(fixtures.cant_tell())][2] == "for now"


def test_rows_say_not_measured() -> None:
    row = plain_rows(fixtures.quick())[0]
    assert (row.cost, row.typical, row.slow) == ("not measured",) * 3
    last = plain_rows(fixtures.fine_tune())[-1]
    assert not last.scored
    assert last.quality == "not measured"


def test_gates_are_symbol_and_word() -> None:
    row = plain_rows(fixtures.dont_fine_tune())[0]
    assert row.gates[0].text == "✗ quality not met"
    assert row.gates[1].text == "✓ speed met"
    assert row.gates[0].limit == "at least 90\u00a0%"


def test_an_unmeasured_gate_is_neither_met_nor_failed() -> None:
    comparison = fixtures.build(
        specs=[fixtures.Spec("probe", "quick classifier", 4, 0.95, None, None)],
        verdict={
            "decision": "dont_fine_tune",
            "recommended": "probe@builtin:minilm",
            "sentence": "x",
            "baseline": None,
        },
    )
    row = plain_rows(comparison)[0]
    assert [gate.word for gate in row.gates] == ["met", "not measured", "not measured"]
    assert row.state == "uncertain"
    assert row.difference == row.call == ""


def test_a_name_is_told_apart_by_its_model_only_where_needed() -> None:
    titles = [row.title for row in plain_rows(fixtures.endpoint())]
    assert "Instructions only (gpt-small)" in titles
    assert "Look-up" in titles


def test_an_endless_cost_is_said_and_is_null() -> None:
    comparison = fixtures.dont_fine_tune()
    endless = Cost(per_1000=math.inf, low=math.inf, high=math.inf, basis="no requests")
    first = comparison.candidates[0].model_copy(update={"cost": endless})
    comparison = comparison.model_copy(update={"candidates": (first, *comparison.candidates[1:])})
    assert to_json(comparison)["candidates"][0]["cost_per_1000"] is None
    assert plain_rows(comparison)[0].cost == "can't be said: no requests a month"
