"""Responses without state, and embeddings, through the official client."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import openai
import pytest
from tests._fakes import FakeEmbedder
from tests.serving.conftest import Site

from etude.store.traffic import Traffic


def test_a_response(site: Site) -> None:
    found = site.client.responses.create(
        model="small",
        instructions="Be brief.",
        input=[
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]},
            {"role": "user", "content": [{"type": "input_text", "text": "a b c"}]},
        ],
        max_output_tokens=4,
        include=["message.output_text.logprobs"],
        metadata={"k": "v"},
    )
    assert found.output_text == "You said: a b"
    assert (found.status, found.metadata) == ("incomplete", {"k": "v"})
    assert found.incomplete_details is not None
    assert found.incomplete_details.reason == "max_output_tokens"
    wanted = site.engine.asked[-1]
    sent = [(one.role, one.content) for one in wanted.messages or ()]
    assert sent == [
        ("system", "Be brief."),
        ("user", "Hello"),
        ("assistant", "Hi."),
        ("user", "a b c"),
    ]
    assert found.usage is not None
    assert (found.usage.output_tokens, found.usage.input_tokens_details.cached_tokens) == (4, 1)
    row = Traffic(site.services.store.database).get(found.id)
    assert row is not None
    assert (row.endpoint, row.finish) == ("/v1/responses", "length")


def test_alternatives_without_log_probabilities_are_refused(site: Site) -> None:
    with pytest.raises(openai.BadRequestError, match="include") as caught:
        site.client.responses.create(model="small", input="a", top_logprobs=2)
    assert caught.value.param == "top_logprobs"


def test_a_release_answers_a_response(site: Site) -> None:
    found = site.client.responses.create(model="production", input="my card is lost or stolen")
    assert (found.output_text, found.status) == ("lost_card", "completed")
    assert found.model_extra["etude"]["release"] == site.labels  # type: ignore[index]


def test_a_response_in_events(site: Site) -> None:
    with site.client.responses.stream(model="small", input="a b c") as stream:
        events = list(stream)
        done = stream.get_final_response()
    assert done.output_text == "You said: a b c"
    names = [one.type for one in events]
    assert names[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert names[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [one.sequence_number for one in events] == list(range(len(events)))


def test_a_response_that_fails_in_the_middle(site: Site) -> None:
    events = list(site.client.responses.create(model="small", input="BREAK now", stream=True))
    assert [one.type for one in events[-2:]] == ["error", "response.failed"]
    assert "went away" in str(events[-1].response.error)  # type: ignore[union-attr]


def test_a_response_as_json(site: Site) -> None:
    form: Any = {
        "format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}
    }
    found = site.client.responses.create(model="small", input="x", text=form)
    assert found.output_text == '{"said":"yes"}'
    assert site.engine.asked[-1].json_schema == '{"type": "object"}'


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "tools"),
        ({"reasoning": {"effort": "high"}}, "reasoning"),
        ({"truncation": "auto"}, "truncation"),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": "o"}]}, "input"),
    ],
)
def test_what_needs_state_or_tools_is_refused(site: Site, more: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        site.client.responses.create(**{"model": "small", "input": "x"} | more)
    assert caught.value.param == param


def test_embeddings_as_numbers_and_as_bytes(site: Site) -> None:
    texts = ["my card", "the shop", "my card"]
    plain = site.client.embeddings.create(model="words", input=texts, encoding_format="float")
    expected = FakeEmbedder().embed(texts)
    found = np.array([one.embedding for one in plain.data], dtype=np.float32)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert [one.index for one in plain.data] == [0, 1, 2]
    assert plain.usage.prompt_tokens == 12
    # The client asks for bytes where nothing is said, and reads them itself.
    usual = site.client.embeddings.create(model="words", input=texts)
    np.testing.assert_array_equal([one.embedding for one in usual.data], found)
    raw = site.client.embeddings.with_raw_response.create(
        model="words", input="my card", encoding_format="base64", dimensions=64
    )
    coded = raw.http_response.json()["data"][0]["embedding"]
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(coded), dtype="<f4"), expected[0])


@pytest.mark.parametrize(
    ("more", "param", "code"),
    [
        ({"input": [1, 2, 3]}, "input", "invalid_value"),
        ({"input": []}, "input", "invalid_value"),
        ({"input": ["a", ""]}, "input.1", "invalid_value"),
        ({"dimensions": 3}, "dimensions", "unsupported_value"),
        ({"input": ["a", "b " * 80]}, "input.1", "context_length_exceeded"),
        ({"model": "small"}, "model", "unsupported_value"),
    ],
)
def test_what_cannot_be_embedded(site: Site, more: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        site.client.embeddings.create(**{"model": "words", "input": "x"} | more)
    assert (caught.value.param, caught.value.code) == (param, code)


def test_the_beginning_of_a_long_text_is_embedded_where_that_is_asked_for(site: Site) -> None:
    more = {"etude": {"truncate": True}}
    found = site.client.embeddings.create(model="words", input="b " * 80, extra_body=more)
    assert found.usage.prompt_tokens == 82
