"""Where the values of a JSON text stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etude.jsonshape import value_places


def parts(text: str) -> dict[str, str] | None:
    places = value_places(text)
    return places and {name: text[start:end] for name, (start, end) in places.items()}


def test_each_field_has_its_own_letters() -> None:
    text = (
        '{"who":"Bo","items":[{"who":"x","n":1},{}],"deep":{"who":{"n":[2]}},"ok":true,"no":null}'
    )
    assert parts(text) == {
        "who": '"Bo"',
        "items": '[{"who":"x","n":1},{}]',
        "deep": '{"who":{"n":[2]}}',
        "ok": "true",
        "no": "null",
    }


def test_a_number_has_the_letter_that_ends_it() -> None:
    assert parts('{"a":12,"b":-1.5e3 ,"c":0}') == {"a": "12,", "b": "-1.5e3 ", "c": "0}"}


def test_quotes_brackets_and_escapes_in_a_text_are_letters_of_it() -> None:
    text = r'{"a\"b":"x\\","c":"\"}],{\u00e9é😀","d":""}'
    assert parts(text) == {'a"b': r'"x\\"', "c": r'"\"}],{\u00e9é😀"', "d": '""'}


def test_white_space_stands_between_values() -> None:
    text = '\n {\t"a" :\r\n "b" , "c":[ 1 , 2 ]\n} \n'
    assert parts(text) == {"a": '"b"', "c": "[ 1 , 2 ]"}
    assert parts("{ }") == {}


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "[1]", '"a"', "12", "null", '{"a":1', '{"a":1}}', '{"a":1,}', '{"a":}'),
        *('{"a":1,"a":2}', '{"a":NaN}', "{'a':1}", '{"a":"\\ud800"}', 'Of course: {"a":1}'),
    ],
)
def test_what_is_no_object_has_no_places(text: str) -> None:
    assert value_places(text) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(), _VALUES, max_size=4), st.booleans(), st.sampled_from([None, 1]))
def test_what_stands_there_is_the_value(value: dict, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    places = value_places(text)
    assert places is not None
    assert list(places) == list(value)
    for name, (start, end) in places.items():
        number = isinstance(value[name], int | float) and not isinstance(value[name], bool)
        assert json.loads(text[start : end - 1 if number else end]) == value[name]
