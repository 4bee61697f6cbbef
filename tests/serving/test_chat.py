"""Chats through the official client: releases, models as they are, plain and streamed, and refused."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
import pytest
from tests.serving.conftest import Site

from etude.errors import StoreError
from etude.records.traffic import Served
from etude.store.traffic import Traffic

LOST = "my card is lost or stolen, block it"


def said(text: str, *before: tuple[str, str]) -> list[Any]:
    messages = [{"role": role, "content": content} for role, content in before]
    return [*messages, {"role": "user", "content": text}]


def recorded(site: Site, response: str) -> Served:
    row = Traffic(site.services.store.database).get(response)
    assert row is not None
    return row


def test_a_classifier_answers_with_its_label_and_how_sure_it_is(site: Site) -> None:
    found = site.client.chat.completions.create(
        model="production", messages=said(LOST), logprobs=True, top_logprobs=2
    )
    assert found.choices[0].message.content == "lost_card"
    assert found.choices[0].finish_reason == "stop"
    about = found.model_extra["etude"]  # type: ignore[index]
    assert about["release"] == site.labels
    shares = about["probabilities"]
    assert set(shares) == {"card_arrival", "lost_card", "refund", "login"}
    assert about["confidence"] > shares["lost_card"]  # the calibrator of the release adds to it
    assert about["escalate"] is (shares["lost_card"] < 0.5)
    (token,) = found.choices[0].logprobs.content  # type: ignore[union-attr]
    assert token.token == "lost_card"
    assert token.top_logprobs[0].token == "lost_card"
    assert len(token.top_logprobs) == 2
    row = recorded(site, found.id)
    assert (row.release, row.finish, row.status) == (site.labels, "stop", 200)
    assert row.confidence == about["confidence"]
    assert row.input is None  # text is not kept unless somebody asks for it


def test_every_answer_is_found_by_what_its_request_was_called(site: Site) -> None:
    named: dict[str, Any] = {"extra_headers": {"X-Client-Request-Id": "ticket-17"}}
    client = site.client
    chat = client.chat.completions.create(model="small", messages=said("hello"), **named)
    assert chat._request_id == "ticket-17"
    client.completions.create(model="small", prompt=["a", "b"], **named)
    client.responses.create(model="small", input="hello", **named)
    client.embeddings.create(model="words", input="hello", **named)
    rows = Traffic(site.services.store.database).newest(9, request_id="ticket-17")
    assert sorted(row.endpoint for row in rows) == [
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/responses",
    ]
    listed = httpx2.get(f"{site.url}/v1/traffic", params={"request_id": "ticket-17", "limit": 2})
    assert [row["id"] for row in listed.json()["data"]] == [row.id for row in rows[:2]]
    assert listed.json()["has_more"] is True


def test_what_a_threshold_lets_through_and_stops(site: Site) -> None:
    calls = [
        site.client.chat.completions.create(model="triage", messages=said(text))
        for text in (LOST, "hello hello hello")
    ]
    found = [call.model_extra["etude"] for call in calls]  # type: ignore[index]
    sure = [max(one["probabilities"].values()) for one in found]
    assert [one["escalate"] for one in found] == [share < 0.5 for share in sure]
    assert sure[0] > sure[1]


@pytest.mark.parametrize("name", ["production", "triage", "hash", "digits"])
def test_a_release_has_several_names(site: Site, name: str) -> None:
    asked = {"hash": site.labels, "digits": site.labels[:8]}.get(name, name)
    found = site.client.chat.completions.create(model=asked, messages=said(LOST))
    assert found.model == asked
    assert found.model_extra["etude"]["release"] == site.labels  # type: ignore[index]


def test_a_writing_release_puts_its_own_prompt_around_the_input(site: Site) -> None:
    found = site.client.chat.completions.create(
        model=site.writing, messages=said('{"name": "Ann", "thing": "tea"}')
    )
    wanted = site.engine.asked[-1]
    roles = [one.role for one in wanted.messages or ()]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert (wanted.messages or ())[0].content.startswith("Say who wants what.")
    assert "Tea is sold by the box." in (wanted.messages or ())[-1].content
    assert wanted.shared == 5
    assert wanted.max_tokens == 40
    about = found.model_extra["etude"]  # type: ignore[index]
    assert about["passages"] == ["Tea is sold by the box."]
    assert about["escalate"] is True  # its answer does not begin as the task's check asks
    assert 0.9 < about["confidence"] < 1
    assert found.usage is not None
    assert found.usage.prompt_tokens_details is not None
    assert found.usage.prompt_tokens_details.cached_tokens == 1


def test_a_release_that_chooses_by_a_language_model(site: Site) -> None:
    found = site.client.chat.completions.create(model=site.choosing, messages=said("refund please"))
    assert found.choices[0].message.content == "refund"
    wanted = site.engine.asked[-1]
    assert set(wanted.choices or ()) == {"card_arrival", "lost_card", "refund", "login"}
    about = found.model_extra["etude"]  # type: ignore[index]
    assert max(about["probabilities"], key=about["probabilities"].get) == "refund"


def test_a_conversation_goes_to_a_release_for_chats(site: Site) -> None:
    before = (("user", "Hello"), ("assistant", "Hi. What is it?"))
    site.client.chat.completions.create(model=site.chat, messages=said("My card.", *before))
    last = [(one.role, one.content) for one in (site.engine.asked[-1].messages or ())[-3:]]
    assert last[:2] == [("user", "Hello"), ("assistant", "Hi. What is it?")]
    assert last[2][1].endswith("My card.")


def test_models_as_they_are_take_messages_verbatim(site: Site) -> None:
    for name in ("small", "gpt-4.1-mini"):
        found = site.client.chat.completions.create(
            model=name,
            messages=said("a b c", ("developer", "Be brief.")),
            max_completion_tokens=3,
            temperature=0.5,
            top_p=0.9,
            seed=7,
            stop=["x", "y"],
            user="u",
            metadata={"k": "v"},
        )
        assert (found.choices[0].message.content, found.choices[0].finish_reason) == (
            "You said: a",
            "length",
        )
        wanted = site.engine.asked[-1]
        assert [one.role for one in wanted.messages or ()] == ["system", "user"]
        asked = (wanted.max_tokens, wanted.temperature, wanted.top_p, wanted.seed, wanted.stop)
        assert asked == (3, 0.5, 0.9, 7, ("x", "y"))
        assert found.model_extra["etude"]["release"] is None  # type: ignore[index]


def test_json_under_a_schema(site: Site) -> None:
    schema = {"type": "object", "properties": {"said": {"type": "string"}}}
    form: Any = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    found = site.client.chat.completions.create(
        model="small", messages=said("x"), response_format=form
    )
    assert found.choices[0].message.content == '{"said": "yes"}'.replace(": ", ":")
    assert '"said"' in (site.engine.asked[-1].json_schema or "")
    site.client.chat.completions.create(
        model="small", messages=said("x"), response_format={"type": "json_object"}
    )
    assert site.engine.asked[-1].json_schema == '{"type": "object"}'


def test_a_stream(site: Site) -> None:
    chunks = list(
        site.client.chat.completions.create(
            model=site.writing,
            messages=said("name: Bo\nthing: rope"),
            stream=True,
            stream_options={"include_usage": True},
            logprobs=True,
        )
    )
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    assert text == "You said: " + (site.engine.asked[-1].messages or ())[-1].content
    assert len(chunks) > 5
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].model_extra["etude"]["passages"] == ["Rope is sold by the yard."]  # type: ignore[index]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == len(text.split(" "))
    logs = [one.choices[0].logprobs for one in chunks[1:-2]]
    assert all(log and log.content and log.content[0].logprob == -0.5 for log in logs)
    assert {one.id for one in chunks} == {chunks[0].id}
    assert recorded(site, chunks[0].id).tokens_out == chunks[-1].usage.completion_tokens


def test_it_is_written_down_before_the_end_is_sent(site: Site) -> None:
    site.engine.go.clear()
    traffic = Traffic(site.services.store.database)
    stream = site.client.chat.completions.create(
        model="small", messages=said("WAIT a moment"), stream=True
    )
    first = next(stream)
    assert traffic.get(first.id) is None
    site.engine.go.set()
    for chunk in stream:
        if chunk.choices[0].finish_reason is not None:
            assert traffic.get(chunk.id) is not None
            return
    pytest.fail("the stream had no end")


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_cannot_be_written_down_has_no_end(
    site: Site, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    async def full(served: Served) -> None:
        raise StoreError("the disk is full", where="/some/place")

    monkeypatch.setattr(site.services.recorder, "add", full)
    seen: list[Any] = []

    def ask() -> None:
        create = site.client.chat.completions.create
        found: Any = create(model="small", messages=said("x y"), stream=stream)
        seen.extend(chunk.choices[0].finish_reason for chunk in found)

    with pytest.raises(openai.APIError) as caught:
        ask()
    assert "/some/place" not in str(caught.value)
    assert not any(seen)


def test_a_failure_in_the_middle_is_an_event(site: Site) -> None:
    stream = site.client.chat.completions.create(
        model="small", messages=said("BREAK now"), stream=True
    )
    first = next(stream)
    with pytest.raises(openai.APIError, match="went away"):
        list(stream)
    row = recorded(site, first.id)
    assert (row.status, row.finish) == (500, "error")


@pytest.fixture
def hanging(site: Site) -> Iterator[httpx2.Client]:
    site.engine.stopped.clear()
    with httpx2.Client(base_url=site.url, timeout=10) as client:
        yield client


@pytest.mark.parametrize("stream", [True, False])
def test_who_goes_away_stops_the_work(site: Site, hanging: httpx2.Client, stream: bool) -> None:
    body = {"model": "small", "messages": said("HANG on"), "stream": stream}
    before = len(site.engine.asked)
    traffic = Traffic(site.services.store.database)
    known = [row.id for row in traffic.newest(1)]
    if stream:
        with hanging.stream("POST", "/v1/chat/completions", json=body) as response:
            next(response.iter_lines())
    else:
        gone = http.client.HTTPConnection(urlsplit(site.url).netloc)
        headers = {"Content-Type": "application/json"}
        gone.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        until = time.monotonic() + 60
        while len(site.engine.asked) == before:
            assert time.monotonic() < until
            time.sleep(0.01)
        gone.close()
    assert site.engine.stopped.wait(60)
    assert len(site.engine.asked) == before + 1
    until = time.monotonic() + 60
    while (newest := traffic.newest(1)[0]).id in known:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert newest.finish == "closed"
    assert newest.tokens_out == 1  # what was given until then counts


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "tools": (
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        "tools",
        "unsupported_parameter",
    ),
    "n": ({"n": 2}, "n", "unsupported_parameter"),
    "penalty": ({"frequency_penalty": 0.5}, "frequency_penalty", "unsupported_parameter"),
    "bias": ({"logit_bias": {"5": 1}}, "logit_bias", "unsupported_parameter"),
    "audio": ({"modalities": ["text", "audio"]}, "modalities", "unsupported_parameter"),
    "store": ({"store": True}, "store", "unsupported_parameter"),
    "stops": ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "invalid_value"),
    "hot": ({"temperature": 2.5}, "temperature", "invalid_value"),
    "text for a number": ({"extra_body": {"seed": "5"}}, "seed", "invalid_value"),
    "unknown": ({"extra_body": {"colour": 1}}, "colour", "unknown_parameter"),
    "too many": ({"max_tokens": 5000}, "max_tokens", "invalid_value"),
    "alternatives": ({"top_logprobs": 2}, "top_logprobs", "invalid_value"),
    "schema": (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "n", "schema": {"type": "objekt"}},
            }
        },
        "response_format",
        "invalid_schema",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_by_name(site: Site, case: str) -> None:
    more, param, code = REFUSED[case]
    with pytest.raises(openai.BadRequestError) as caught:
        site.client.chat.completions.create(model="small", messages=said("x"), **more)
    assert (caught.value.param, caught.value.code) == (param, code)
    assert "after validation" not in caught.value.message


NEUTRAL = {
    "n": 1,
    "frequency_penalty": 0,
    "presence_penalty": 0.0,
    "logit_bias": {},
    "tools": [],
    "tool_choice": "none",
    "modalities": ["text"],
    "store": False,
    "parallel_tool_calls": True,
    "service_tier": "auto",
    "response_format": {"type": "text"},
    "verbosity": "medium",
    "prompt_cache_key": "k",
    "stop": None,
    "logprobs": False,
}


def test_what_changes_nothing_is_taken(site: Site) -> None:
    found = site.client.chat.completions.create(
        model="small", messages=said("x"), extra_body=NEUTRAL
    )
    assert found.choices[0].message.content == "You said: x"


@pytest.mark.parametrize(
    ("word", "kind", "code"),
    [
        ("LONG", openai.BadRequestError, "context_length_exceeded"),
        ("BUSY", openai.RateLimitError, "rate_limit_exceeded"),
        ("DOWN", openai.InternalServerError, "engine_unavailable"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_failures_are_the_clients_own_exceptions(
    site: Site, word: str, kind: type[openai.APIStatusError], code: str, stream: bool
) -> None:
    with pytest.raises(kind) as caught:
        site.client.chat.completions.create(model="small", messages=said(word), stream=stream)
    assert caught.value.code == code
    if word == "BUSY":
        assert caught.value.response.headers["retry-after"] == "3"


def test_a_release_refuses_another_system_message(site: Site) -> None:
    own = ("system", "  Say who wants\nwhat. ")
    text = "name: Bo\nthing: rope"
    create = site.client.chat.completions.create
    create(model=site.writing, messages=said(text, own))
    plain = site.engine.asked[-1].messages
    create(model=site.writing, messages=said(text))
    assert site.engine.asked[-1].messages == plain
    other = said(text, ("system", "Rhyme."))
    with pytest.raises(openai.BadRequestError, match="brings its own instructions"):
        create(model=site.writing, messages=other)
    found = create(model=site.writing, messages=other, extra_body={"etude": {"allow_system": True}})
    first = (site.engine.asked[-1].messages or ())[0].content
    assert first.startswith("Say who wants what.")
    assert first.endswith("\n\nRhyme.")
    about = found.model_extra["etude"]  # type: ignore[index]
    assert (about["confidence"], about["escalate"], about["unlike"]) == (None, None, ["system"])


@pytest.mark.parametrize(
    ("messages", "match"),
    [
        (said("b", ("user", "a"), ("assistant", "x")), "one input at a time"),
        ([{"role": "assistant", "content": "a"}], "must be the user's"),
        (said("  "), "say something"),
        (said('{"name": "Bo", "thng": "tea"}'), "reads no column 'thng'"),
        (said('{"name": "", "thing": ""}'), "columns are empty"),
    ],
)
def test_what_is_no_input_of_the_task_is_refused(
    site: Site, messages: list[Any], match: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=match):
        site.client.chat.completions.create(model=site.writing, messages=messages)


def test_what_a_classifier_cannot_do(site: Site) -> None:
    create = site.client.chat.completions.create
    with pytest.raises(openai.BadRequestError, match="not with JSON"):
        create(model="production", messages=said("x"), response_format={"type": "json_object"})
    with pytest.raises(openai.BadRequestError, match="most probable label"):
        create(model="production", messages=said("x"), temperature=1)
    with pytest.raises(openai.BadRequestError, match="leave stop out"):
        create(model="production", messages=said("x"), stop=["_"])
    for allow in (True, False):
        with pytest.raises(openai.BadRequestError, match="reads the input alone"):
            create(
                model="production",
                messages=said("x", ("system", "Rhyme.")),
                extra_body={"etude": {"allow_system": allow}},
            )
    picture: Any = [{"type": "image_url", "image_url": {"url": "http://x/y.png"}}]
    with pytest.raises(openai.BadRequestError, match="only text"):
        create(model="production", messages=[{"role": "user", "content": picture}])
