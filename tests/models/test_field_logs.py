"""How likely each field of a JSON answer was: which tokens are whose."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from _causal_folders import make_tokenizer, write_causal

from etude.jsonshape import value_places
from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models._chat_format import TemplateFormat
from etude.models._field_logs import Part, field_logs, of_ids, of_tokens, token_bytes, told

TEXT = '{"who":"Zoë","n":12,"items":["a","b"]}'
SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 8},
        "kind": {"const": "lost"},
        "year": {"type": "integer", "minimum": 0, "maximum": 9999},
        "names": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
    },
    "required": ["title", "kind", "year", "names"],
    "additionalProperties": False,
}


def each_byte(text: str, logs: dict[str, float]) -> list[tuple[bytes, float]]:
    """A token a byte; those of the first place where a piece of ``logs`` stands are as likely as it
    says."""
    of_byte = [0.0] * len(text.encode())
    for piece, log in logs.items():
        start = len(text[: text.index(piece)].encode())
        of_byte[start : start + len(piece.encode())] = [log] * len(piece.encode())
    return [(bytes([byte]), log) for byte, log in zip(text.encode(), of_byte, strict=True)]


def test_a_field_is_as_likely_as_its_least_sure_token() -> None:
    found = told(TEXT, each_byte(TEXT, {"Z": -0.5, "ë": -2.0, '"n"': -9.0, '"b"': -1.0}))
    assert found == (("who", -2.0), ("n", 0.0), ("items", -1.0))


def test_what_ends_a_number_is_its_own_and_what_ends_a_text_too() -> None:
    assert dict(told(TEXT, each_byte(TEXT, {',"items': -3.0})) or ()) == {
        **{"who": 0.0, "n": -3.0, "items": 0.0}
    }
    assert dict(told(TEXT, each_byte(TEXT, {'","n"': -3.0})) or ())["who"] == -3.0


def test_a_token_that_reaches_into_two_values_is_of_both() -> None:
    text = '{"a":"x","b":"y"}'
    tokens = [(b'{"a":"', -0.1), (b'x","b":"y', -4.0), (b'"}', -0.2)]
    assert told(text, tokens) == (("a", -4.0), ("b", -4.0))


def test_letters_over_several_tokens_count_each_part() -> None:
    text = '{"a":"\N{GRINNING FACE}","b":"x"}'
    tokens = [(bytes([byte]), -float(place)) for place, byte in enumerate(text.encode())]
    start = len(b'{"a":"')
    assert dict(told(text, tokens) or ())["a"] == -(start + 4.0)


def test_json_in_a_code_fence_is_found_and_what_stands_around_it_is_nobodys() -> None:
    fenced = f"Here:\n```json\n{TEXT}\n```"
    tokens = [(b"Here:\n```json\n", -9.0), *each_byte(TEXT, {"12": -1.5}), (b"\n```<end>", -9.0)]
    assert told(fenced, tokens) == (("who", 0.0), ("n", -1.5), ("items", 0.0))


def test_the_json_that_counts_is_the_one_in_the_fence() -> None:
    said = '{"a":1}'
    text = f"First try: {said}\n```json\n{said}\n```"
    start = text.rindex(said)
    tokens = [
        (text[:start].encode(), -5.0),
        (said.encode(), -0.1),
        (text[start + 7 :].encode(), -5.0),
    ]
    assert told(text, tokens) == (("a", -0.1),)
    assert told(text, [(b"<start>", 0.0), *tokens]) == (("a", -0.1),)
    assert told(f"{text} ", [(b"otherwise ", 0.0), (f"{said}\n".encode(), -0.3)]) == (("a", -0.3),)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (None, [(b"{}", 0.0)]),
        ("no JSON", [(b"no JSON", 0.0)]),
        ("[1]", [(b"[1]", 0.0)]),
        ('{"a":1,"a":2}', [(b'{"a":1,"a":2}', 0.0)]),
        (TEXT, []),
        (TEXT, [(b"x", -0.5), (b"x", -0.1)]),
        (TEXT, [(TEXT[:-1].encode(), -0.5)]),
    ],
)
def test_where_tokens_cannot_be_found_nothing_is_said(
    text: str | None, tokens: list[tuple[bytes, float]]
) -> None:
    assert told(text, tokens) is None


def test_a_tokens_bytes_are_its_own_where_they_are_told() -> None:
    assert token_bytes(SimpleNamespace(token="\\xc3", bytes=[0xC3])) == b"\xc3"
    assert token_bytes(SimpleNamespace(token="ë", bytes=None)) == "ë".encode()
    assert token_bytes(SimpleNamespace(token="ë", bytes=[999])) == "ë".encode()


def test_what_was_written_here_is_placed_token_by_token() -> None:
    """Against the bytes of each token, for a tokenizer whose tokens are bytes."""
    tokenizer = make_tokenizer()
    chat = TemplateFormat(tokenizer, "m")
    text = '{"title":"naïve 😀 Ω","kind":"lost"}'
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    letter_of = [place for place, letter in enumerate(text) for _ in letter.encode()]
    names = {value: key for key, value in _bytes_to_letters().items()}
    expected, start = [], 0
    for i in ids:
        size = len([names[letter] for letter in tokenizer.convert_ids_to_tokens(i)])
        inside = letter_of[start : start + size]
        expected.append((inside[0], inside[-1] + 1))
        start += size
    found = of_ids(ids, [(place, -1.0) for place in range(len(ids) + 1)], chat.live())
    assert [(one.start, one.end) for one in found][: len(ids)] == expected
    assert len(found) == len(ids), "the end of the answer is no part of the text"
    some = list(range(0, len(ids), 3))
    sparse = of_ids(ids, [(place, -1.0) for place in some], chat.live())
    assert [(one.start, one.end) for one in sparse] == [expected[place] for place in some]


def _bytes_to_letters() -> dict[int, str]:
    """Of GPT-2's byte-level tokens."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    return dict(bytes_to_unicode())


@pytest.mark.parametrize("kind", ["Llama", "Bloom"])
def test_a_models_answer_tells_of_each_field(tmp_path, kind) -> None:
    model = CausalModel("m", write_causal(tmp_path, kind))
    schema = json.dumps(SCHEMA)
    asked = [
        ChatRequest((Message("user", f"My card {i} is lost."),), json_schema=schema, max_tokens=200)
        for i in range(6)
    ]
    for one in model.complete(asked):
        assert one.failure is None
        fields = dict(one.likelihood.fields)
        assert list(fields) == list(SCHEMA["properties"]) == list(value_places(one.text))
        assert fields["kind"] == 0, "nothing was left to choose"
        assert one.likelihood.least <= min(fields.values()) < 0
    plain, cut = model.complete(
        [
            ChatRequest(asked[0].messages, max_tokens=5),
            ChatRequest(asked[0].messages, json_schema=schema, max_tokens=9),
        ]
    )
    assert plain.likelihood.fields is cut.likelihood.fields is None


def test_a_field_without_a_choice_is_certain() -> None:
    assert field_logs('{"a":true}', [Part(0, 3, -4.0)]) == (("a", 0.0),)
    assert field_logs("{}", []) == ()
    assert field_logs("[]", []) is None
    assert of_tokens("{}", [(b"{}", -99.0)]) == [Part(0, 2, -50.0)]
