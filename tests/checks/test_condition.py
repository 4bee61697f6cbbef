"""Conditions: what they mean, and how their faults are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.checks import Subject
from etude.checks._condition import read_condition
from etude.checks._tokens import ConditionFault

FIELDS = {
    "scary": "",
    "age": "7",
    "old": "12.0",
    "name": "Anna's",
    "customer name": "Bo",
    "in": "x",
    "day": "2024-02-01",
    "price": "n/a",
}
SUBJECT = Subject("out", "the input", "the target", FIELDS)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("scary == ''", True),
        ("scary != ''", False),
        ("scary", False),
        ("name", True),
        ("not scary", True),
        ("age == 7", True),
        ("age == 7.0", True),
        ("age == '7.0'", False),
        ("age < 10", True),
        ("age < '10'", False),  # in quotes it is text
        ("age < old", True),  # two numbers
        ("age < name", True),  # else text
        ("old >= 12", True),
        ("7 <= age", True),
        ("age > -1", True),
        ("price < 5", False),
        ("price >= 5", False),
        ("price != 5", True),
        ("day < '2024-10-01'", True),
        ("name == 'Anna\\'s'", True),
        ('name == "Anna\'s"', True),
        ("name contains 'nn'", True),
        ("name not contains 'nn'", False),
        ("age in [5, 6, 7]", True),
        ("age in ('5', '7')", True),
        ("age not in ['7']", False),
        ("name in ['a', name]", True),
        ("{{customer name}} == 'Bo' and {{in}} == 'x'", True),
        ("input contains 'put' and target != ''", True),
        ("age == 1 or age == 7 and scary == 'x'", False),  # `and` binds first
        ("(age == 1 or age == 7) and scary == ''", True),
        ("not (age == 7 OR scary == 'x')", False),
        ("not not age", True),
    ],
)
def test_meaning(text: str, holds: bool) -> None:
    assert read_condition(text).holds(SUBJECT) is holds


@pytest.mark.parametrize(
    ("text", "found", "hint"),
    [
        ("scary = ''", "character 7: found '='", "write =="),
        ("a && b", "character 3: found '&'", "write and"),
        ("a == ‘x’", "character 6: found '‘'", "straight quotes"),
        ("a == 'x", "character 6: a quotation mark that is never closed", None),
        ("a ==", "character 5: found the end", None),
        ("a == and", "character 6: found 'and'", "{{and}}"),
        ("'x' in tags", "character 8: found 'tags'", "column contains 'text'"),
        ("a in []", "character 7: found ']'", None),
        ("a in ['x' 'y']", "character 11: found 'y'", None),
        ("(a == 1", "character 8: found the end", None),
        ("a == 1)", "character 7: found ')'", None),
        ("1 < a < 3", "character 7: a second comparison '<'", "write 1 < a and a < 3"),
        ("'x'", "character 1: 'x' stands alone", None),
        ("a not b", "character 7: found 'b'", None),
        ("a b", "character 3: found 'b'", None),
        ("a == {{b", "character 6: a placeholder that is never closed", None),
        ("__import__('os')", "character 11: found '('", None),
        ("(" * 60 + "a", "character 52: nested too deeply", None),
        ("not " * 60 + "a", "character 205: nested too deeply", None),
        ("", "character 1: found the end", None),
    ],
)
def test_faults_say_where_and_what_to_write(text: str, found: str, hint: str | None) -> None:
    with pytest.raises(ConditionFault) as caught:
        read_condition(text)
    assert caught.value.found == found
    if hint:
        assert hint in (caught.value.hint or "")


def test_columns_come_with_their_places() -> None:
    condition = read_condition("scary != '' and {{customer name}} == input")
    assert condition.columns == (("scary", 1), ("customer name", 19), ("input", 38))


@settings(deadline=None, derandomize=True)
@given(text=st.text(alphabet="ab '\"\\()[]<>=!,{}notrdic.17", max_size=30))
def test_any_text_is_a_condition_or_a_fault(text: str) -> None:
    told, condition = "", None
    try:
        condition = read_condition(text)
    except ConditionFault as fault:
        told = fault.found
    assert told.startswith("character ") is (condition is None)
    if condition is not None:
        fields = dict.fromkeys((name for name, _ in condition.columns), "1")
        assert condition.holds(Subject("", fields=fields)) in (True, False)


@settings(deadline=None, derandomize=True)
@given(value=st.text(), other=st.text())
def test_quoted_text_is_compared_letter_for_letter(value: str, other: str) -> None:
    quoted = "'" + other.replace("\\", "\\\\").replace("'", "\\'") + "'"
    held = read_condition(f"a == {quoted}").holds(Subject("", fields={"a": value}))
    assert held is (value == other)


@settings(deadline=None, derandomize=True)
@given(number=st.floats(-1e6, 1e6), limit=st.integers(-1000, 1000))
def test_numbers_are_ordered_as_numbers(number: float, limit: int) -> None:
    subject = Subject("", fields={"a": repr(number)})
    assert read_condition(f"a < {limit}").holds(subject) is (number < limit)
    assert read_condition(f"a >= {limit}").holds(subject) is (number >= limit)
