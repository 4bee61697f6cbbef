"""From specs to checks: names, columns, and every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.checks import Subject, check_problems, check_types, compile_checks
from etude.checks._refused import REFUSED
from etude.errors import DataError, TaskError

COLUMNS = ["title", "scary", "age"]


def told(spec: Any, columns: list[str] | None = COLUMNS, folder: Path | None = None) -> list[str]:
    return [str(problem) for problem in check_problems([spec], folder, columns)]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"type": "contians", "value": "x"}, ["there is no check 'contians'", "'contains'"]),
        ({"type": "not_contain", "value": "x"}, ["there is no check 'not_contain'"]),
        ({"type": "not-contain", "value": "x"}, ["did you mean 'not-contains'?"]),
        ({"value": "x"}, ["checks[0].type: is missing"]),
        ({"type": 3}, ["checks[0].type: found 3"]),
        ("contains", ["checks[0]: found 'contains'", "`{type: …, value: …}`"]),
        ({"type": "contains"}, ["checks[0].value: is missing; expected text"]),
        ({"type": "contains", "value": ""}, ["checks[0].value: found ''"]),
        ({"type": "contains", "value": 2024}, ["found 2024", "put it in quotes"]),
        ({"type": "contains", "value": True}, ["found yes (true)", "put it in quotes"]),
        ({"type": "contains", "value": "x", "vale": 1}, ["checks[0].vale: unknown key", "value"]),
        ({"type": "contains", "value": "{{titel}}"}, ["no column 'titel'", "'title'"]),
        ({"type": "contains", "value": "{{ title"}, ["a placeholder that is never closed"]),
        ({"type": "contains", "value": "{{}}"}, ["a placeholder without a column's name"]),
        ({"type": "contains-any", "value": "a, b"}, ["write ['a', 'b']"]),
        ({"type": "contains-any", "value": []}, ["found an empty list"]),
        ({"type": "contains-any", "value": ["a", 3]}, ["checks[0].value[1]: found 3"]),
        ({"type": "starts-with", "value": "a", "case": "ingore"}, ["did you mean 'ignore'?"]),
        ({"type": "regex", "value": "(a"}, ["missing )", "a regular expression"]),
        ({"type": "is-json", "value": {"type": "objct"}}, ["checks[0].value.type", "'object'"]),
        ({"type": "is-json", "value": {"$ref": "http://x/y"}}, ["leads outside this schema"]),
        ({"type": "levenshtein", "threshold": -1}, ["a whole number, at least 0"]),
        ({"type": "rouge-n", "threshold": 2, "n": 0}, ["from 0 to 1", "at least 1"]),
        ({"type": "bleu", "value": ["a"], "threshold": "x"}, ["checks[0].threshold: found 'x'"]),
        ({"type": "word-count"}, ["a number, or {max: 80}"]),
        ({"type": "word-count", "value": {"mx": 3}}, ["value.mx: unknown key", "'max'"]),
        ({"type": "word-count", "value": {"max": "80"}}, ["write 80, without quotes"]),
        ({"type": "word-count", "value": {"min": 3, "max": 2}}, ["min 3 is above max 2"]),
        ({"type": "word-count", "value": 2.5}, ["a whole number, 0 or more"]),
        ({"type": "word-count", "value": {}}, ["found empty braces"]),
        ({"type": "sections", "value": ["A", "A"]}, ["has 'A' 2 times"]),
        (
            {"type": "copies", "value": ["titel"]},
            ["checks[0].value[0]: there is no column 'titel'"],
        ),
        ({"type": "copies"}, ["a column's name, or a list of them"]),
        ({"type": "is-refusal", "value": "x"}, ["checks[0].value: unknown key"]),
        ({"type": "is-refusal", "when": "sacry == ''"}, ["character 1: ", "'sacry'", "'scary'"]),
        ({"type": "is-refusal", "when": "title == yes"}, ["text goes in quotes: 'yes'"]),
        ({"type": "is-refusal", "when": "title = 'x'"}, ["checks[0].when: character 7"]),
        ({"type": "is-refusal", "when": True}, ["checks[0].when: found yes (true)"]),
        ({"type": "llm-rubric", "value": "is kind"}, ["asks another model"]),
        ({"type": "not-similar", "value": "x"}, ["embedding model"]),
        ({"type": "latency", "threshold": 5}, ["set bar.p95_ms"]),
        ({"type": "webhook", "value": "https://x"}, ["never leave this machine"]),
        ({"type": "python", "value": "checks.py:f"}, ["needs a project folder"]),
    ],
)
def test_a_bad_spec_is_told_with_its_field(spec: Any, said: list[str]) -> None:
    text = "\n".join(told(spec))
    for words in said:
        assert words in text


def test_every_fault_of_every_check_is_told_at_once() -> None:
    specs: list[Any] = [
        {"type": "rouge-n", "threshold": 9, "n": 0, "foo": 1, "when": "a ="},
        {"type": "contains", "value": "ok"},
        {"type": "contains-all", "value": [1, "{{titel}}"]},
        {"type": "nothing-like-it"},
    ]
    with pytest.raises(TaskError) as caught:
        compile_checks(specs, Path("/somewhere"), COLUMNS)
    assert caught.value.where == str(Path("/somewhere/etude.yaml"))
    assert [problem.field for problem in caught.value.problems] == [
        "checks[0].when",
        "checks[0].foo",
        "checks[0].threshold",
        "checks[0].n",
        "checks[2].value[0]",
        "checks[2].value[1]",
        "checks[3].type",
    ]


def test_no_name_is_both_built_and_refused() -> None:
    assert not REFUSED.keys() & check_types().keys()


def test_the_same_check_twice_is_a_fault() -> None:
    spec = {"type": "contains", "value": "x"}
    assert "checks[1]: is the same as checks[0]" in str(check_problems([spec, dict(spec)], None)[0])


def test_names_are_for_people_stable_and_told_apart() -> None:
    long = "x" * 100
    specs = [
        {"type": "contains", "value": "A gentle note", "when": "scary != ''"},
        {"type": "word-count", "value": {"min": 2, "max": 80}},
        {"type": "rouge-n", "n": 2, "threshold": 0.5},
        {"type": "contains-any", "value": ["a", "b"]},
        {"type": "contains", "value": long + "1"},
        {"type": "contains", "value": long + "2"},
        {"type": "not-is-refusal"},
    ]
    names = [check.name for check in compile_checks(specs, None)]
    assert names[:4] == [
        "contains 'A gentle note' when scary != ''",
        "word-count at least 2 and at most 80",
        "rouge-n n 2 threshold 0.5",
        "contains-any 'a', 'b'",
    ]
    assert names[5] == names[4] + " (2)"
    assert names[6] == "not-is-refusal"


def test_an_emptied_line_means_the_default() -> None:
    spec = {"type": "rouge-n", "threshold": None, "n": None, "value": None, "when": None}
    assert told(spec) == []


def test_columns_are_known_before_any_example_is_read() -> None:
    spec = {"type": "contains", "value": "{{title}} {{input}}", "when": "age > 3"}
    assert compile_checks([spec], None)[0].columns == ("age", "title", "input")


def test_a_check_applies_where_it_has_something_to_say() -> None:
    specs = [
        {"type": "not-contains", "value": "{{title}}"},
        {"type": "contains-all", "value": ["{{title}}", "{{scary}}"]},
        {"type": "equals", "value": "{{title}}"},
        {"type": "copies", "value": ["title", "scary"]},
        {"type": "rouge-n"},
        {"type": "is-refusal", "when": "target != ''"},
        {"type": "word-count", "value": "{{age}}"},
    ]
    checks = compile_checks(specs, None, COLUMNS)
    empty = Subject("x", fields={"title": " ", "scary": "", "age": ""})
    full = Subject("x", "i", "t", {"title": "a", "scary": "", "age": "1"})
    assert [check.applies(empty) for check in checks] == [False, False, True, *[False] * 4]
    assert [check.applies(full) for check in checks] == [True] * 7


def test_a_column_called_target_comes_before_the_target() -> None:
    check = compile_checks([{"type": "equals", "value": "{{target}}"}], None)[0]
    assert check.run(Subject("a", "", "b", {"target": "a"})).passed
    assert check.run(Subject("b", "", "b")).passed


def test_a_limit_from_a_column_must_be_a_number() -> None:
    for kind in ("word-count", "not-word-count"):
        check = compile_checks([{"type": kind, "value": {"max": "{{age}}"}}], None)[0]
        found = check.run(Subject("x", fields={"age": "ten"}))
        assert not found.passed
        assert found.reason == "{{age}} is 'ten' for this example, which is no number"


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    check = compile_checks([{"type": "contains", "value": "{{titel}}"}], None)[0]
    with pytest.raises(DataError, match="'titel'") as caught:
        check.applies(Subject("x", fields={"title": "a"}))
    assert caught.value.hint == "did you mean 'title'?"


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    spec=st.dictionaries(
        st.sampled_from(["value", "when", "threshold", "n", "case", "at", "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["min", "max", "type", "a"]), inner, max_size=3)
            ),
            max_leaves=5,
        ),
    ),
    kind=st.sampled_from(sorted(set(check_types()) - {"python"})),
)
def test_whatever_is_written_is_a_check_or_a_problem(spec: dict[str, Any], kind: str) -> None:
    problems = check_problems([{"type": kind, **spec}], None, COLUMNS)
    for problem in problems:
        assert problem.field.startswith("checks[0]")
        assert problem.found
    if not problems:
        subject = Subject("some text", "in", "out", dict.fromkeys(COLUMNS, "7"))
        check = compile_checks([{"type": kind, **spec}], None, COLUMNS)[0]
        assert not check.applies(subject) or check.run(subject).reason
