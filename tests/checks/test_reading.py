"""Counting: sentences, syllables, characters and numbers as a reader counts them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.checks._numbers import readings
from etude.checks._syllables import syllables
from etude.checks._words import characters, sentences
from etude.checks.no_new_numbers import new_numbers
from etude.checks.reading_level import grade
from etude.checks.rouge_n import rouge_n

# Counted by a person with a dictionary.
SYLLABLES = {
    1: """
        a all an and are aren't as at be been but by call can can't cares come could day did do
        don't down each eyes find first for friend from get go had has have her him his horse
        house how if in is it its jumped large like long look made make makes may more moved my no
        not now of oil on one or out part played rules said see she since small so some strength
        than that the their them then there these they this through time times to tried two up use
        used was way we were what when which while who whole will with won't word would write you
        your
    """,
    2: """
        able about action after again always answer apple because before being beyond boxes
        careful changes children client couldn't create creature didn't diet faces father giant
        going happy houses into isn't lately lion little many money mother movement nation needed
        number ocean other pages paper people people's person picture player poem prism question
        quiet reading reason rhythm royal science season sentence simple something special station
        story table trial union wanted wasn't watches water wishes writing
    """,
    3: """
        actual adventure animal another area beautiful behavior companion computer continue
        creation customer december delicious earlier easier employee encourage energy engineer
        example family finally gradual happiest history however idea important industry library
        media medicine medium museum opinion piano previous radio reaction remember serious
        several together tomorrow understand usual various video visual wonderful yesterday
    """,
    4: """
        American California February January activity actually anxiety appreciate associate
        available category community education especially experience immediate information
        material necessary original population security situation society technology television
        usually variety
    """,
    5: """
        communication creativity electricity individual opportunity university
    """,
    6: """
        individually
    """,
}


def test_syllables_are_right_nine_times_in_ten_and_err_to_both_sides() -> None:
    known = [(word, count) for count, words in SYLLABLES.items() for word in words.split()]
    errors = [syllables(word) - count for word, count in known]
    assert len(known) > 250
    assert sum(error == 0 for error in errors) / len(known) >= 0.9
    assert abs(sum(errors)) / sum(count for _, count in known) < 0.02


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One. Two? Three! Four…", 4),
        ("Dr. Who met Mr. Fox at 5.30. He left.", 2),
        ("It costs 3.50, e.g. in J. Smith's shop.", 1),
        ('"Stop!" she said. (He did.)', 3),
        ("Title: Bear\nAges: 3", 2),
        ("1. Mix it.\n2. Bake it.", 2),
        ("好。是的！", 2),
        ("- \n...\n***", 0),
        ("What?! No...", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count, sentences(text)


def test_characters_are_what_a_reader_sees() -> None:
    assert characters("abc") == 3
    assert characters("e\u0301") == 1
    assert characters("👩‍👩‍👧") == 1


def test_the_grade_is_the_published_formula() -> None:
    # 3 sentences, 13 words, 14 syllables
    text = "The cat sat on the mat. It was a big cat. It ran."
    assert grade(text) == pytest.approx(0.39 * 13 / 3 + 11.8 * 13 / 13 - 15.59)
    longer = (
        "Institutional accountability necessitates comprehensive documentation of every "
        "administrative determination."
    )
    assert grade(longer) > 18
    assert grade("!!") != grade("!!")


def test_rouge_against_figures_worked_by_hand() -> None:
    # 5 and 6 words, 3 in common: 2·3 / 11; pairs: 4 and 5, 1 in common
    one, other = "the cat was in bed", "the cat sat on the bed"
    assert rouge_n(one, other, 1) == pytest.approx(2 * 3 / 11)
    assert rouge_n(one, other, 2) == pytest.approx(2 * 1 / 9)
    assert rouge_n("a a a", "a", 1) == pytest.approx(2 * 1 / 4)  # counted as often as in both
    assert rouge_n("", "", 1) == 1
    assert rouge_n("", "a", 1) == 0


@settings(deadline=None, derandomize=True)
@given(one=st.text(max_size=40), other=st.text(max_size=40), n=st.integers(1, 3))
def test_rouge_is_a_share_that_does_not_ask_which_is_which(one: str, other: str, n: int) -> None:
    assert 0 <= rouge_n(one, other, n) <= 1
    assert rouge_n(one, other, n) == rouge_n(other, one, n)
    assert rouge_n(one, one, n) == 1


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("1000", {"1000"}),
        ("1,000", {"1000", "1"}),
        ("1.000,50", {"1000.5"}),
        ("1,000.50", {"1000.5"}),
        ("12 500", {"12500"}),
        ("1'000", {"1000"}),
        ("3.50", {"3.5"}),
        ("05", {"5"}),
        ("5.1.2024", set()),
        ("٣", {"3"}),
    ],
)
def test_numbers_are_read_whatever_their_separators(written: str, values: set[str]) -> None:
    assert readings(written) == {Decimal(value) for value in values}


@settings(deadline=None, derandomize=True)
@given(values=st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_numbers_that_were_given_are_not_new_however_they_are_grouped(values: list[int]) -> None:
    plain = "; ".join(str(value) for value in values)
    grouped = "; ".join(f"{value:,}" for value in values)
    assert new_numbers(grouped, [plain]) == []
    assert new_numbers(plain, [grouped]) == []
    fresh = max(values) + 1_000_001
    assert new_numbers(f"{plain}; {fresh}", [plain]) == [str(fresh)]


@settings(deadline=None, derandomize=True)
@given(text=st.text(alphabet="0123456789.,' \u00a0\n-x٣", max_size=40))
def test_a_text_has_no_numbers_that_are_not_in_itself(text: str) -> None:
    assert new_numbers(text, [text]) == []
