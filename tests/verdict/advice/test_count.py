"""The count of yeses: more of them never lowers it, and what is open is no no."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.records.advice import STANDINGS, Answered, Reply
from etude.verdict.advice.asked import QUESTIONS
from etude.verdict.advice.count import bounds, sentence

REPLIES: tuple[Reply, ...] = ("yes", "no", "unknown")
five = st.lists(st.sampled_from(REPLIES), min_size=5, max_size=5)


def answered(replies: list[Reply] | tuple[Reply, ...]) -> list[Answered]:
    return [
        Answered(key=asked.key, text=asked.text, reply=reply, evidence="", source="nothing")
        for asked, reply in zip(QUESTIONS, replies, strict=True)
    ]


def ranks(replies: list[Reply] | tuple[Reply, ...]) -> tuple[int, int]:
    low, high = bounds(answered(replies))
    return STANDINGS.index(low), STANDINGS.index(high)


@pytest.mark.parametrize(
    ("yes", "standing"),
    [
        (5, "worth_testing"),
        (4, "worth_testing"),
        (3, "close_gap_first"),
        (2, "improve_setup"),
        (0, "improve_setup"),
    ],
)
def test_the_lines_are_four_and_three(yes: int, standing: str) -> None:
    replies: list[Reply] = ["yes"] * yes + ["no"] * (5 - yes)
    assert bounds(answered(replies)) == (standing, standing)


@settings(max_examples=60, deadline=None)
@given(five, st.integers(0, 4))
def test_more_yes_never_lowers_it_and_unknown_lies_between(replies: list[Reply], at: int) -> None:
    def put(reply: Reply) -> tuple[int, int]:
        return ranks([*replies[:at], reply, *replies[at + 1 :]])

    no, unknown, yes = put("no"), put("unknown"), put("yes")
    assert no[0] <= unknown[0] <= yes[0]
    assert no[1] <= unknown[1] <= yes[1]
    assert unknown == (no[0], yes[1])


def test_bounds_are_those_of_every_way_to_answer_what_is_open() -> None:
    for replies in itertools.product(REPLIES, repeat=5):
        filled = [
            ranks(tuple(way))[0]
            for way in itertools.product(
                *(("yes", "no") if r == "unknown" else (r,) for r in replies)
            )
        ]
        assert ranks(replies) == (min(filled), max(filled))


def test_what_hangs_on_open_questions_is_said_so() -> None:
    said = sentence(answered(["yes", "yes", "yes", "unknown", "no"]))
    assert said.startswith("3 of 5 yes, 1 not known: it hangs on what is not known.")
    assert "not known" not in sentence(answered(["yes", "yes", "yes", "yes", "no"]))
    assert sentence(answered(["yes", "no", "yes", "yes", "no"])) == (
        "3 of 5 yes: close the gap first (are there enough examples? would closing it pay?), then test "
        "fine-tuning."
    )
    assert sentence(answered(["yes", "no", "no", "no", "unknown"])).endswith(
        "improve the set-up; fine-tuning would not help yet."
    )
