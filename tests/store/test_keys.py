from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.store.keys import canonical, digest, plain

text = st.text(st.characters(exclude_categories=()))  # halves of emoji too
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
steady = settings(deadline=None, derandomize=True)


def shuffled(value: object) -> object:
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(list(value))}
    if isinstance(value, list):
        return tuple(shuffled(item) for item in value)
    return value


@steady
@given(values)
def test_order_and_tuples_do_not_matter(value: object) -> None:
    assert canonical(value) == canonical(shuffled(value))


@steady
@given(values)
def test_it_reads_back_as_what_it_means(value: object) -> None:
    read = json.loads(canonical(value).decode("utf-8", "surrogatepass"))
    assert read == plain(value)
    assert canonical(read) == canonical(value)


@steady
@given(values, values)
def test_different_values_have_different_spellings(one: object, other: object) -> None:
    def typed(value: object) -> object:
        if isinstance(value, dict):
            return {name: typed(item) for name, item in value.items()}
        if isinstance(value, list):
            return [typed(item) for item in value]
        return (isinstance(value, bool), value)  # True == 1 in Python, not in JSON

    same = typed(plain(one)) == typed(plain(other))
    assert (canonical(one) == canonical(other)) == same


@steady
@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_whole_floats_are_ints(number: int) -> None:
    assert canonical(float(number)) == canonical(number)


def test_known_spelling_never_changes() -> None:
    key = {"b": [1.0, 0.1, True, None], "a": "é\N{GRINNING FACE}", "c": -0.0}
    assert canonical(key).decode() == '{"a":"é\N{GRINNING FACE}","b":[1,0.1,true,null],"c":0}'
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_true_is_not_one_and_text_is_not_normalised() -> None:
    assert canonical(True) != canonical(1)
    assert canonical("é") != canonical("e\N{COMBINING ACUTE ACCENT}")
    assert canonical("\ud83d\ude00") != canonical("\N{GRINNING FACE}")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_refused_with_their_place(value: float) -> None:
    with pytest.raises(ValueError, match=r"key\.settings\.lr\[1\]"):
        canonical({"settings": {"lr": [0.1, value]}})


@pytest.mark.parametrize("value", [{1: "a"}, {"a": b"x"}, {"a": {1, 2}}, {"a": object()}])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="key"):
        canonical(value)
