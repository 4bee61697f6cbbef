"""Which targets are read one by one for what their inputs do not say: never too few."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit._given import Words
from etude.audit._invented import _Reader
from etude.audit._unsaid import Asked, asked_of

ALL = Asked(0, numbers=True, names=True, dates=True)
WORDS = [
    "Anna",
    "anna's",
    "on 3 May",
    "1,000",
    "1 000.50",
    "24/7",
    "Café",
    "ſtand",
    "½",
    "x²",
    "５",
]
PIECES = st.sampled_from(
    [*WORDS, "may", "Monday", "since March", "\u2019s", ". ", "\n", "12", "the"]
)


def reader(plain: frozenset[str]) -> _Reader:
    return _Reader(Words(), frozenset(), {}, True, plain)


@pytest.mark.parametrize(
    ("source", "target", "asked"),
    [
        ("Room 12 for Anna", "Anna has room 12.", []),
        ("Room 12 for Anna", "Anna has room 13.", [Asked(0, True, False, False)]),
        ("Room 112 for anna", "Room 12 it is, Anna.", [Asked(0, True, False, False)]),
        ("Room 12", "Room 12, dear Anna.", [Asked(0, False, True, False)]),
        ("Room 12", "Room 12 from May.", [Asked(0, False, False, True)]),
    ],
)
def test_rows_whose_facts_stand_in_their_input_are_passed_over(
    source: str, target: str, asked: list[Asked]
) -> None:
    assert list(asked_of([source], [target], frozenset({"room"}))) == asked


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(PIECES, max_size=5).map(" ".join), st.lists(PIECES, max_size=5).map(" ".join))
def test_no_row_is_passed_over_that_says_something_of_its_own(source: str, target: str) -> None:
    read = reader(frozenset({"the"}))
    told = [one for at in asked_of([source], [target], read.plain)
            for one in read.read(source, target, at)]  # fmt: skip
    assert told == read.read(source, target, ALL)


def test_rows_keep_their_numbers_over_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etude.audit._unsaid._PART", 2)
    targets = ["a", "b 1", "c", "d", "e 5"]
    assert [one.row for one in asked_of([""] * 5, targets, None)] == [1, 4]


def test_the_beginning_of_a_given_word_is_found() -> None:
    words = Words(["hotel", "hotels", "inn"])
    assert words.one_begins("hot")
    assert words.one_begins("inn")
    assert not words.one_begins("hou")
    assert not words.one_begins("z")
    assert "inn" in words
    assert "in" not in words
