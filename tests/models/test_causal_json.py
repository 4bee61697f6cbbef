"""JSON under a schema: always valid, compact, in the schema's order, or a named failure."""

from __future__ import annotations

import json

import jsonschema
import pytest
from _causal_folders import make_tokenizer, write_causal

from etude.errors import MissingDependency, ModelError
from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models.generation import constrained
from etude.models.generation.constrained import Grammars

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 8},
        "kind": {"enum": ["lost", "other"]},
        "year": {"type": ["integer", "null"], "minimum": 0, "maximum": 9999},
        "names": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
        "ok": {"type": "boolean"},
    },
    "required": ["title", "kind", "year", "names", "ok"],
    "additionalProperties": False,
}
TEXT = json.dumps(SCHEMA)


def requests(count: int, **more) -> list[ChatRequest]:
    asked = {"json_schema": TEXT, "max_tokens": 200} | more
    return [ChatRequest((Message("user", f"My card {i} is lost."),), **asked) for i in range(count)]


@pytest.fixture(params=["Llama", "Gemma2", "Bloom"])
def model(request, tmp_path) -> CausalModel:
    return CausalModel("m", write_causal(tmp_path, request.param))


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_every_answer_is_compact_json_in_the_schemas_order(model, temperature):
    found = model.complete(requests(6, temperature=temperature))
    for one in found:
        assert (one.failure, one.finish_reason) == (None, "stop")
        value = json.loads(one.text)
        jsonschema.validate(value, SCHEMA)
        assert list(value) == list(SCHEMA["properties"])
        assert one.text == json.dumps(value, ensure_ascii=False, separators=(",", ":")) or (
            "\\" in one.text
        )
        assert one.tokens_out > 10
        assert one.likelihood.least < one.likelihood.mean < 0
    if temperature:
        assert len({one.text for one in found}) > 1


def test_json_that_is_cut_off_is_a_failure(model):
    found = model.complete(requests(3, max_tokens=9))
    assert {(one.failure, one.finish_reason) for one in found} == {("unfinished_json", "length")}
    assert all(one.text.startswith('{"title":') for one in found)
    assert all(one.tokens_out <= 9 for one in found)


@pytest.mark.parametrize("schema", ['{"const": "card"}', '{"enum": [1]}', '{"type": "integer"}'])
def test_forms_that_are_forced_or_open_ended_end(model, schema):
    one = model.complete(requests(1, json_schema=schema, max_tokens=40))[0]
    if one.failure is None:
        jsonschema.validate(json.loads(one.text), json.loads(schema))
    else:
        assert schema == '{"type": "integer"}'


def test_forced_tokens_are_those_that_training_sees():
    tokenizer = make_tokenizer()
    grammars = Grammars(tokenizer, len(tokenizer), [2, 0])
    for target in (
        {"title": "The old", "kind": "lost", "year": 1952, "names": ["one", "two"], "ok": True},
        {"title": "", "kind": "other", "year": None, "names": [], "ok": False},
        {"title": 'a "é"', "kind": "lost", "year": 0, "names": ["My"], "ok": True},
    ):
        text = json.dumps(target, ensure_ascii=False, separators=(",", ":"))
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        guide = grammars.guide(TEXT)
        read = list(guide.opening)
        assert len(read) > 1
        while not guide.finished:
            token = ids[len(read)]
            assert guide.may_take(token)
            assert guide.allowed(len(tokenizer))[token]
            read += [token, *guide.take(token)]
            assert read == ids[: len(read)]
        assert read == ids
        assert guide.whole


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ('{"type": "array", "uniqueItems": true}', "uniqueItems"),
        ('{"not": {"type": "string"}}', "uses not"),
        ('{"type": "string", "format": "weird"}', "Unknown format"),
        ('{"$ref": "#/nope"}', "nope"),
        ("{bad", "can't be read"),
    ],
)
def test_a_schema_that_cant_be_held_is_refused_by_name(tmp_path, schema, said):
    model = CausalModel("m", write_causal(tmp_path))
    with pytest.raises(ModelError, match=said):
        model.complete(requests(1, json_schema=schema))
    with pytest.raises(ModelError, match="at once"):
        model.complete(requests(1, choices=("a", "b")))


def test_without_llguidance_the_install_line_is_named(tmp_path, monkeypatch):
    model = CausalModel("m", write_causal(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "llguidance", None)
    with pytest.raises(MissingDependency, match="pip install llguidance"):
        model.complete(requests(1))
    assert constrained.library
    assert model.complete(requests(1, json_schema=None, max_tokens=3))[0].failure is None
