"""What differs between two texts: courtesy, numbers in words, slips of the pen."""

from __future__ import annotations

import polars as pl
import pytest

from etude.audit._copies.courtesy import is_courteous, only_courtesy, without_courtesy
from etude.audit._copies.records import are_records, fields_of
from etude.audit._copies.wording import Wording


def call(one: str, other: str, *often: str) -> str:
    """What differs, in a file where each of ``often`` stands in many texts."""
    others = [f"{word} {at}" for word in often for at in range(12)]
    texts = [one, other, *others]
    bare = pl.Series([text.lower() for text in texts])
    return Wording(bare, texts).between(0, 1).call


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("good morning where is it", "where is it"),
        ("hi there team where is it thanks in advance", "team where is it"),
        ("sorry hello where is it kind regards", "where is it"),
        ("where is it thank you so much cheers", "where is it"),
        ("thank you", "thank you"),
        ("a good morning is what i want", "a good morning is what i want"),
        ("how do i say thanks to you", "how do i say thanks to you"),
    ],
)
def test_courtesy_is_taken_from_both_ends(text: str, left: str) -> None:
    assert " ".join(without_courtesy(text.split())) == left


def test_nothing_but_courtesy() -> None:
    assert only_courtesy(["hi", "there", "thank", "you", "very", "much"])
    assert not only_courtesy(["hi", "there", "card"])
    assert not only_courtesy([])
    assert is_courteous(["thanks"])
    assert is_courteous(["hello", "where", "is", "it"])
    assert not is_courteous(["where", "is", "it"])


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("we want 3 cups of tea", "we want three cups of tea", "same"),
        ("we want one cup of tea", "we want 1 cup of tea", "same"),
        ("we want 3 cups of tea", "we want four cups of tea", "value"),
        ("good evening we want tea", "we want tea many thanks", "polite"),
        ("we want tea", "we want tea please help", "polite"),
        ("we want a cpu of tea", "we want a cup of tea", "same"),
        ("it comes on tuesday", "it comes on tuesdya", "value"),
        ("we want it now", "we want it not", "other"),
        ("we got all the tea", "we got the tea", "other"),
    ],
)
def test_what_differs(one: str, other: str, wanted: str) -> None:
    assert call(one, other, "cup", "tuesday", "now") == wanted


def test_a_name_is_misspelt_only_where_that_is_certain() -> None:
    one, other = "our parcel is for Sorrento now", "our parcel is for Sorrentto now"
    assert call(one, other) == "value"
    assert call(one, other, "Sorrento") == "same"
    assert call("we go to Lille now", "we go to Lile now", "Lille", "Lile") == "value"
    assert call("we go to Anne now", "we go to Anna now", "Anna") == "value"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("b[x y], a[1, 2], c[]", ("a: 1, 2", "b: x y", "c: ")),
        ("b[x], a[y],\n c[z]", ("a: y", "b: x", "c: z")),
        ("b: x\na: y\nc: z: w", ("a: y", "b: x", "c: z: w")),
        ('{"b": 1, "a": null, "c": [2]}', ("a: null", "b: 1", "c: [2]")),
        ("a: one thing", None),
        ("Dear all,\nnote: the shop is shut\nThanks", None),
        ("a: " + "long " * 20 + "\nb: x\nc: y", None),
        ("{not json", None),
    ],
)
def test_records_are_told_by_their_fields(text: str, fields: tuple[str, ...] | None) -> None:
    assert fields_of(text) == fields


def test_most_inputs_must_be_records() -> None:
    assert are_records(["a: 1\nb: 2\nc: 3"] * 9 + ["a text"])
    assert not are_records(["a: 1\nb: 2\nc: 3"] * 5 + ["a text"] * 5)
    assert not are_records([])
