"""Metrics and measures of records and texts, by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.metrics import metric
from etude.metrics._base import Judged
from etude.metrics._fields import hits, leaves, same
from etude.metrics._given import is_given
from etude.metrics.measures import measures_for, registry
from etude.metrics.measures.unsupported_facts import facts
from tests._fakes import FakeEmbedder

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xyz", min_size=1), inner),
    max_leaves=8,
)


def _records(targets: list[Any], outputs: list[Any], sources: list[str] | None = None) -> Judged:
    return Judged(
        targets=[json.dumps(value) for value in targets],
        outputs=[None if value is None else json.dumps(value) for value in outputs],
        inputs=sources or [""] * len(targets),
        target_values=targets,
        output_values=outputs,
    )


@given(JSON)
@settings(deadline=None, derandomize=True)
def test_a_record_agrees_with_itself_wholly(value: Any) -> None:
    assert hits(value, value) == leaves(value)


@given(JSON, JSON)
@settings(deadline=None, derandomize=True)
def test_hits_never_exceed_what_either_holds(target: Any, output: Any) -> None:
    assert 0 <= hits(target, output) <= min(leaves(target), leaves(output))


def test_values_are_compared_by_type_and_items_in_any_order() -> None:
    target = {"n": 3, "who": "Ann  Lee", "items": [{"p": "tea", "q": 2}, {"p": "milk", "q": 1}]}
    output = {"n": 3.0, "who": "ann lee", "items": [{"p": "milk", "q": 1}, {"p": "tea", "q": 5}]}
    assert hits(target, output) == 5
    assert not same(target, output)
    assert hits({"n": 3}, {"n": "3"}) == 0
    assert hits({"yes": True}, {"yes": 1}) == 0


def test_field_f1_pools_the_fields_of_all_records() -> None:
    judged = _records([{"a": 1, "b": 2}, {"a": 1}], [{"a": 1}, None])
    assert metric("field_f1").value(judged) == pytest.approx(2 * 1 / (3 + 1))
    assert metric("field_f1").each(judged).tolist() == pytest.approx([2 / 3, 0.0])


def test_a_missing_field_and_a_null_say_the_same() -> None:
    judged = _records([{"a": 1, "b": None}], [{"a": 1}])
    assert metric("exact").value(judged) == 1.0


def test_a_text_is_exact_but_for_spaces_at_line_ends() -> None:
    judged = Judged(["One\nTwo", "One", "One"], ["One \nTwo\n", "one", None])
    assert metric("exact").items(judged).tolist() == [1, 0, 0]


def test_all_checks_counts_answers_that_fail_none_of_those_that_apply() -> None:
    judged = Judged(
        ["x"] * 3, ["x", "x", None], checks_NC=np.array([[1, -1], [1, 0], [1, 1]], dtype=np.int8)
    )
    assert metric("all_checks").items(judged).tolist() == [1, 0, 0]


def test_chrf_is_1_for_the_same_text_and_0_for_none() -> None:
    judged = Judged(["a short reply", "a short reply"], ["a short reply", None])
    assert metric("chrf").items(judged).tolist() == pytest.approx([1.0, 0.0])


def test_who_is_preferred_counts_1_and_who_is_not_compared_is_not_measured() -> None:
    judged = Judged(["", "", ""], ["x", "y", None], preferred_N=np.array([1.0, 0.5, 0.0]))
    assert metric("person").value(judged) == 0.5
    assert np.isnan(metric("person").items(Judged([""], ["x"]))).all()


def test_measures_are_found_by_file_name_and_kind() -> None:
    for name in registry.names():
        assert registry.load(name).key == name
    assert {m.key for m in measures_for("extract")} == {
        "parse_rate",
        "schema_rate",
        "unsupported_values",
    }
    assert not measures_for("classify")


def test_a_value_found_nowhere_is_unsupported() -> None:
    judged = _records([{"n": 12, "p": "tea"}], [{"n": 12, "p": "coffee"}], ["twelve tins of tea"])
    assert registry.load("unsupported_values").each(judged).tolist() == [0.5]


def test_numbers_and_names_inside_a_sentence_are_facts() -> None:
    assert facts("Dear Ann, it costs 3.50.\nThe Blue Door opens at 9:30.") == {
        "Ann",
        "3.50",
        "Blue",
        "Door",
        "9:30",
    }


def test_an_invented_number_is_an_unsupported_fact() -> None:
    judged = Judged(
        ["It costs 5."] * 2,
        ["It costs 5 and ships to Rome.", "It costs 5."],
        inputs=["price 5"] * 2,
    )
    assert registry.load("unsupported_facts").each(judged).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("said", "source", "supported"),
    [
        ("4", "sold in 2047", False),
        ("4", "4.5 or 1,4", False),
        ("4", "it costs €4.", True),
        ("1000", "1,000 tins", True),
        ("9:30", "9:30 sharp", True),
        ("9:30", "from 19:30 on", False),
        ("9:30", "30 at 9", False),
        ("Ann", "the annual plan", False),
        ("Ann", "ANN's plan", True),
        ("4 kg", "24 kg, 1.4 kg", False),
        ("kg 4", "kg 4.5", False),
        ("Blue  Door", "the blue door-bell", True),
        ("C++", "in C++14", True),
        ("東京", "私は東京に住む", True),
    ],
)
def test_only_whole_words_and_whole_numbers_are_given(
    said: str, source: str, supported: bool
) -> None:
    assert is_given(said, source) == supported


def test_a_part_of_a_number_or_of_a_word_supports_nothing() -> None:
    texts = Judged(
        ["It opens."] * 2,
        ["It opens at 4.", "Then ask Ann."],
        inputs=["built in 2047", "an annual fee"],
    )
    assert registry.load("unsupported_facts").each(texts).tolist() == [1, 1]
    records = _records([{"n": 1}] * 2, [{"n": 4}, {"n": "ann"}], ["in 2047", "an annual fee"])
    assert registry.load("unsupported_values").each(records).tolist() == [1, 1]


def test_what_a_shown_passage_says_is_supported() -> None:
    texts = Judged(
        ["It is open."] * 2,
        ["It is open until 18:30, says Ann."] * 2,
        inputs=["When?"] * 2,
        passages=[("We close at 18:30.", "Ask Ann."), ("We close at six.",)],
    )
    assert registry.load("unsupported_facts").each(texts).tolist() == [0, 1]
    records = replace(
        _records([{"n": 1}] * 2, [{"n": 1, "p": "tea"}] * 2, ["one tin"] * 2),
        passages=[("Tea is in tins.",), ()],
    )
    assert registry.load("unsupported_values").each(records).tolist() == [0, 0.5]


def test_nearness_in_meaning_is_the_encoders_and_0_for_no_answer() -> None:
    judged = Judged(
        ["tea and rope", "tea and rope", "tea", "tea"],
        ["rope and tea", "wax", None, " "],
        embed=FakeEmbedder().embed,
    )
    assert registry.load("cosine").each(judged).tolist() == pytest.approx([1, 0, 0, 0], abs=1e-6)


def test_without_an_encoder_nearness_is_not_measured() -> None:
    found = registry.load("cosine").each(Judged(["tea"], ["tea"]))
    assert np.isnan(found).all()


def test_an_opposite_is_below_0_and_a_part_of_many_answers_is_embedded() -> None:
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return np.array([[1.0 if text == "yes" else -1.0] for text in texts], dtype=np.float32)

    judged = Judged(["yes"] * 1000, ["no"] * 1000, embed=embed)
    found = registry.load("cosine").each(judged)
    known = np.flatnonzero(~np.isnan(found))
    assert (len(known), known[0], known[-1]) == (200, 0, 999)
    assert (found[known] == -1).all()
    assert len(asked) == 400


def test_retyping_and_length() -> None:
    judged = Judged(["abcd", "abcd", "a b"], ["abcx", None, "a b c d"])
    assert registry.load("retyping").each(judged)[:2].tolist() == pytest.approx([0.25, 1.0])
    lengths = registry.load("length").each(judged)
    assert math.isnan(lengths[1])
    assert lengths[2] == 2.0
