from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.privacy import (
    all_recognisers,
    marked,
    matches,
    matches_of,
    redact,
    redact_row,
    secrets,
    spans_by_text,
    veiled,
)
from tests.privacy.test_national_ids import EXAMPLES
from tests.privacy.test_recognisers import FOUND, SILENT
from tests.privacy.test_secrets import SECRETS

PIECES = [
    *(text.replace("⟦", "").replace("⟧", "") for _, text in FOUND),
    *EXAMPLES.values(),
    *SILENT,
    *(text.replace("⟦", "").replace("⟧", "") for _, text in SECRETS),
    "Dear Anna Schmidt,",
    "Anna Schmidt said so",
    "[EMAIL_1] and [NAME_3]",
    "phone",
    "order",
    'a "quoted" \\ one',
    "Grüße 你好 🎉",
]
GLUE = ["", " ", ", ", "\n", "\n\n", '"', ": ", "-", "/", "\t", "@", "1"]

texts = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GLUE)), max_size=5).map(
    lambda pairs: "".join(piece + glue for piece, glue in pairs)
)
noise = st.text(
    alphabet=st.sampled_from(list("0123456789 +-./()@:,#\nAbc[]_{}\"'\\éß")), max_size=60
)
values = st.recursive(
    st.one_of(texts, noise, st.integers(10**6, 10**16), st.floats(-90, 90), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["phone", "a", "name", "card\n", "é"]), inner, max_size=3),
    ),
    max_leaves=6,
)
held = settings(deadline=None, derandomize=True, max_examples=150)


@held
@given(st.one_of(texts, noise, values.map(lambda v: json.dumps(v, ensure_ascii=False))))
def test_places_lie_in_the_text_and_never_overlap(text: str) -> None:
    found = matches(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@held
@given(st.one_of(texts, noise, values.map(json.dumps)))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
    assert matches(once) == ()


@held
@given(values.filter(lambda v: isinstance(v, (dict, list))), st.booleans())
def test_json_stays_json(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    json.loads(redact(text))


@held
@given(texts, texts)
def test_a_row_is_redacted_for_good(first: str, second: str) -> None:
    once = redact_row({"input": first, "target": second})
    assert redact_row(once) == once


def test_a_column_is_read_as_its_texts_are() -> None:
    column = [*PIECES, json.dumps(PIECES), json.dumps({"a\n": PIECES}, ensure_ascii=False)]
    column += [f"{a}\n{b}" for a, b in zip(PIECES, reversed(PIECES), strict=True)]
    assert spans_by_text(column) == {text: matches(text) for text in column if matches(text)}


def test_a_table_of_matches_names_the_text_and_its_characters() -> None:
    column = ["🎉 é a.b@c.org", "nothing", "call +44 7700 900123"]
    table = matches_of(column)
    found = [(at, column[at][s:e]) for at, s, e in table.select("at", "start", "end").iter_rows()]
    assert found == [(0, "a.b@c.org"), (2, "+44 7700 900123")]
    assert matches_of([]).is_empty()


def test_the_same_text_has_the_same_tag_in_every_field() -> None:
    row = {
        "input": "My name is Anna Schmidt, call +44 7700 900123 or a.s@web.de",
        "context": "Anna Schmidt has order 4023",
        "target": "Dear Anna Schmidt, we call +447700900123 and write to A.S@web.de",
    }
    assert redact_row(row) == {
        "input": "My name is [NAME_1], call [PHONE_1] or [EMAIL_1]",
        "context": "[NAME_1] has order 4023",
        "target": "Dear [NAME_1], we call [PHONE_1] and write to [EMAIL_1]",
    }


def test_tags_go_on_from_those_that_are_there() -> None:
    assert redact("[EMAIL_2] or a.b@c.org") == "[EMAIL_2] or [EMAIL_3]"


def test_a_name_that_is_a_word_is_not_looked_for_elsewhere() -> None:
    assert redact("My name is Will. Will it come?") == "My name is [NAME_1]. Will it come?"


def test_a_number_in_json_gets_quotes() -> None:
    text = '{"card":4111111111111111,"n":2}'
    assert redact(text) == '{"card":"[CARD_1]","n":2}'


def test_escapes_are_read_and_kept_whole() -> None:
    text = '[{"role":"user","content":"Bye\\n\\nKind regards,\\nAnna M\\u00fcller"}]'
    said = json.loads(redact(text))[0]["content"]
    assert said == "Bye\n\nKind regards,\n[NAME_1]"


def test_no_place_goes_from_one_string_to_the_next() -> None:
    assert redact('["4111 1111","1111 1111"]') == '["4111 1111","1111 1111"]'


def test_the_longest_wins_then_the_surest() -> None:
    assert redact("see postgres://bob:hunter22@db.host.com/x") == "see [CONNECTION_1]"


def test_rows_become_a_table_with_one_tag_for_one_text() -> None:
    table = marked({"input": ["a.b@c.org", ""], "target": ["to a.b@c.org", "none"]})
    assert table["row"].to_list() == [0, 0]
    assert table["tag"].to_list() == ["[EMAIL_1]", "[EMAIL_1]"]
    assert table["shown"].to_list() == ["a…g", "a…g"]


@pytest.mark.parametrize("text", ["", "ab", "abcd", "abcdef", "x" * 12 + "secret" + "y" * 12])
def test_what_is_shown_is_never_the_whole(text: str) -> None:
    assert len(veiled(text).replace("…", "")) <= max(4, len(text) // 2)
    assert text == "" or veiled(text) != text


def test_every_recogniser_has_a_tag_and_words() -> None:
    assert len(all_recognisers()) > 45
    assert all(one.sort.tag.replace("_", "").isupper() and one.title for one in all_recognisers())
    assert {one.sort.tag for one in secrets()} == {"KEY", "PASSWORD", "PRIVATE_KEY", "CONNECTION"}


def test_sieves_keep_to_what_is_fast() -> None:
    sieves = [sieve for one in all_recognisers() for sieve in one.sieves]
    assert all(r"\b" not in sieve and "(?=" not in sieve and "(?<" not in sieve for sieve in sieves)
    assert all(one.sieves for one in all_recognisers())
