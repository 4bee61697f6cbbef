"""Normal forms: what looks the same is the same, and nothing else is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.data.text import bare_form, normal_form, normalise, short_hash

PROPERTY = settings(deadline=None, derandomize=True, max_examples=300)
TEXT = st.text(st.characters(codec="utf-8"))


@PROPERTY
@given(TEXT)
def test_forms_are_stable(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert normal_form(normal_form(text)) == normal_form(text)
    assert normal_form(normalise(text)) == normal_form(normalise(normalise(text)))


@PROPERTY
@given(st.text("aB1 äÖé\t.!?", max_size=30))
def test_case_spacing_and_composition_do_not_matter(text: str) -> None:
    assert normal_form(f"  {text.upper()}\n") == normal_form(text.lower())
    assert normal_form(unicodedata.normalize("NFD", text)) == normal_form(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  two\r\nlines\rthree ", "two\nlines\nthree"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("cafe\u0301", "caf\u00e9"),
        ("\ufefftext", "text"),
        ("tab\tstays", "tab\tstays"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("ﬁne №", "ﬁne №"),
    ],
)
def test_what_is_kept(text: str, kept: str) -> None:
    assert normalise(text) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("a\u00a0 b", "A b"),
        ("ＡＢＣ", "abc"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_what_is_compared_as_the_same(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


def test_bare_form_and_hash() -> None:
    assert bare_form(normal_form("Where's my card?!")) == "wheres my card"
    assert bare_form("?!") == ""
    assert short_hash("a") == "ca978112ca1bbdca"
