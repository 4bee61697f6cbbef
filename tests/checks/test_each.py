"""Every check passes what it should, fails what it should, and is the opposite of its ``not-``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.checks import Check, Subject, check_kind, check_types, compile_checks
from tests.checks._cases import CASES, FIELDS, spec, subject

COLUMNS = list(FIELDS)
ANSWERS = st.one_of(
    st.text(max_size=60),
    st.sampled_from([answer for case in CASES for answer in (*case[2], *case[3])]),
)


def pair(kind: str, rest: dict[str, Any]) -> tuple[Check, Check]:
    specs = [spec(kind, rest), spec(f"not-{kind}", rest)]
    straight, opposite = compile_checks(specs, None, COLUMNS)
    return straight, opposite


@pytest.mark.parametrize(("kind", "rest", "passing", "failing"), CASES)
def test_passes_and_fails_with_a_reason(
    kind: str, rest: dict[str, Any], passing: list[str], failing: list[str]
) -> None:
    straight, opposite = pair(kind, rest)
    for expected, answers in ((True, passing), (False, failing)):
        for answer in answers:
            found = straight.run(subject(answer))
            assert found.passed is expected, (answer, found.reason)
            assert found.reason
            assert opposite.run(subject(answer)).passed is (not expected)
            assert opposite.run(subject(answer)).reason == found.reason


def test_a_number_of_a_passage_that_was_shown_is_not_new() -> None:
    (check,) = compile_checks([{"type": "no-new-numbers"}], None)
    shown = Subject("It takes 14 days.", "How long?", passages=("Returns take 14 days.",))
    assert check.run(shown).passed
    assert not check.run(replace(shown, passages=())).passed
    assert not check.run(replace(shown, output="It takes 15 days.")).passed


def test_every_type_but_python_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"python"} == set(check_types())


@pytest.mark.parametrize("key", sorted(check_types()))
def test_a_kind_is_called_like_its_file_and_says_what_it_asks(key: str) -> None:
    kind = check_kind(key)
    assert kind.key == key
    assert kind.summary
    assert not kind.summary.endswith(".")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(answer=ANSWERS)
def test_not_is_the_opposite_for_any_answer(answer: str) -> None:
    for straight, opposite in OPPOSITES:
        one, other = straight.run(subject(answer)), opposite.run(subject(answer))
        if one.reason == "has no words":  # neither a yes nor a no
            assert not one.passed
            assert not other.passed
        else:
            assert one.passed is not other.passed, straight.name


OPPOSITES = [pair(kind, rest) for kind, rest, _, _ in CASES]


@settings(deadline=None, derandomize=True)
@given(
    low=st.integers(0, 6),
    more=st.integers(0, 6),
    words=st.lists(st.sampled_from(["a", "bb", "c-d", "é"]), max_size=14),
    gap=st.sampled_from([" ", "\n", "  ", "\t"]),
)
def test_word_count_holds_its_bounds(low: int, more: int, words: list[str], gap: str) -> None:
    specs = [
        {"type": "word-count", "value": {"min": low, "max": low + more}},
        {"type": "word-count", "value": {"min": low}},
        {"type": "word-count", "value": {"max": low}},
        {"type": "word-count", "value": low},
    ]
    answer, count = subject(gap.join(words)), len(words)
    found = [check.run(answer).passed for check in compile_checks(specs, None)]
    assert found == [low <= count <= low + more, count >= low, count <= low, count == low]


@settings(deadline=None, derandomize=True)
@given(value=st.text(min_size=1).filter(str.strip), before=st.text(), after=st.text())
def test_a_copied_column_is_found_whatever_is_in_it(value: str, before: str, after: str) -> None:
    specs = [{"type": "copies", "value": "title"}, {"type": "regex", "value": "{{title}}"}]
    for check in compile_checks(specs, None):
        assert check.run(subject(before + value + after, title=value)).passed


def test_reasons_are_plain_words() -> None:
    cases = [
        ({"type": "word-count", "value": {"max": 1}}, "a b", "has 2 words, more than 1"),
        ({"type": "word-count", "value": {"min": 2}}, "a", "has 1 word, less than 2"),
        ({"type": "line-count", "value": 2}, "a", "has 1 line, not 2"),
        ({"type": "starts-with", "value": "Hello"}, "Good day", "begins with 'Good', not 'Hello'"),
        ({"type": "sections", "value": ["A", "B"]}, "B\nA", "has 'B' where 'A' is due"),
        ({"type": "copies", "value": "title"}, "x", "does not copy title ('Bear')"),
        ({"type": "no-new-numbers"}, "77, 8", "has numbers that were not given: 77, 8"),
        ({"type": "not-contains", "value": "x"}, "x", "contains 'x'"),
        (
            {"type": "levenshtein", "value": "ab", "threshold": 0},
            "a",
            "1 character from 'ab'; at most 0 are allowed",
        ),
    ]
    for written, answer, reason in cases:
        found = compile_checks([written], None)[0].run(subject(answer))
        assert (found.passed, found.reason) == (False, reason)


def test_a_pattern_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etude.checks.regex._SECONDS", 0.1)
    specs = [
        {"type": "regex", "value": "(a|aa|b?a)+$"},
        {"type": "not-regex", "value": "(a|aa|b?a)+$"},
    ]
    for check in compile_checks(specs, None):
        found = check.run(subject("a" * 60 + "c"))
        assert not found.passed
        assert "was not done in 0.1 seconds" in found.reason
