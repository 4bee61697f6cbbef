"""Another server as an engine, against a scripted one on loopback."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.models._server import Call, Server

from etude.errors import ModelError
from etude.models._base import Message
from etude.records.task import OpenAIModel
from etude.serving.engines._base import Busy, CannotDo, EngineDown, Piece, TooLong, Wanted
from etude.serving.engines.endpoint import EndpointEngine

ASKED = (Message("system", "Be brief."), Message("user", "Where is my card?"))
SCHEMA = '{"type":"object","properties":{"a":{"type":"integer"}}}'


def chunk(text: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": None} | more
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"} | {
        "choices": [choice]
    }


def logs(*tokens: tuple[str, float]) -> dict[str, Any]:
    told = [
        {
            "token": token,
            "logprob": log,
            "bytes": None,
            "top_logprobs": [{"token": token, "logprob": log, "bytes": None}],
        }
        for token, log in tokens
    ]
    return {"content": told, "refusal": None}


USAGE = chunk() | {
    "choices": [],
    "usage": {
        "prompt_tokens": 30,
        "completion_tokens": 2,
        "total_tokens": 32,
        "prompt_tokens_details": {"cached_tokens": 16},
    },
}


def stream(call: Call, *chunks: dict[str, Any], whole: bool = True) -> None:
    lines = [f"data: {json.dumps(one)}\n\n" for one in chunks]
    lines += ["data: [DONE]\n\n"] if whole else []
    call.send(200, "".join(lines).encode(), "text/event-stream")


def said(call: Call, text: str = "on its way", finish: str = "stop", usage: bool = True) -> None:
    first, rest = text[: len(text) // 2], text[len(text) // 2 :]
    logged = "logprobs" in call.body
    stream(
        call,
        chunk(first, logprobs=logs((first, -0.5)) if logged else None),
        chunk(rest, logprobs=logs((rest, -1.5)) if logged else None),
        chunk(finish_reason=finish),
        *([USAGE] if usage else []),
    )


def settings(server: Server, **more: Any) -> OpenAIModel:
    return OpenAIModel.model_validate(
        {"base_url": server.url, "model": "m", "max_retries": 0, "timeout_s": 5} | more
    )


def ask(
    script: Callable[[Call], None], *wanted: Wanted, **more: Any
) -> tuple[list[list[Piece]], Server]:
    async def each(engine: EndpointEngine, one: Wanted) -> list[Piece]:
        return [piece async for piece in engine.generate(one)]

    async def everything(server: Server) -> list[list[Piece]]:
        engine = EndpointEngine("m", settings(server, **more))
        try:
            return [await each(engine, one) for one in wanted]
        finally:
            await engine.close()

    with Server(script) as server:
        return asyncio.run(everything(server)), server


def test_an_answer_comes_in_pieces_with_its_logs_and_usage():
    wanted = Wanted(messages=ASKED, max_tokens=9, stop=("\n",), seed=4, top_p=0.5, logprobs=2)
    [pieces], server = ask(said, wanted)
    assert [piece.text for piece in pieces] == ["on it", "s way", ""]
    assert [piece.finish for piece in pieces] == [None, None, "stop"]
    assert [log.log for piece in pieces for log in piece.tokens] == [-0.5, -1.5]
    assert pieces[0].tokens[0].top == (("on it", -0.5),)
    last = pieces[-1]
    assert (last.usage.tokens_in, last.usage.tokens_out, last.usage.tokens_cached) == (30, 2, 16)
    assert (last.likelihood.mean, last.likelihood.least) == (-1.0, -1.5)
    assert server.calls[0] == {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": one.role, "content": one.content} for one in ASKED],
        "max_tokens": 9,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 4,
        "stop": ["\n"],
        "logprobs": True,
        "top_logprobs": 2,
    }


def test_logs_are_kept_from_who_did_not_ask_and_counts_are_bounded_where_nobody_counts():
    [pieces], _ = ask(lambda call: said(call, usage=False), Wanted(messages=ASKED))
    assert not any(piece.tokens for piece in pieces)
    assert pieces[-1].likelihood is not None
    assert pieces[-1].usage.tokens_in > 26
    assert pieces[-1].usage.tokens_out == len("on its way")


def test_how_likely_each_field_was_is_read_from_the_tokens_of_a_stream():
    tokens = (('{"who":', -0.1), ('"Z\\xc3', -0.7), ('\\xab"', -0.9), (',"n":2', -0.2), ("}", -0.4))
    raw = (b'{"who":', b'"Z\xc3', b'\xab"', b',"n":2', b"}")

    def record(call: Call) -> None:
        told = logs(*tokens)
        for one, own in zip(told["content"], raw, strict=True):
            one["bytes"] = list(own)
        stream(
            call,
            chunk('{"who":"Zë"', logprobs={**told, "content": told["content"][:3]}),
            chunk(',"n":2}', logprobs={**told, "content": told["content"][3:]}),
            chunk(finish_reason="stop"),
        )

    schema = json.dumps({"type": "object"})
    [pieces], _ = ask(record, Wanted(messages=ASKED, json_schema=schema))
    assert pieces[-1].likelihood.fields == (("who", -0.9), ("n", -0.4))
    [plain], _ = ask(record, Wanted(messages=ASKED))
    assert plain[-1].likelihood.fields is None


def test_choices_and_json_are_forced_and_read_as_a_whole():
    def form(call: Call) -> None:
        schema = call.body["response_format"]["json_schema"]["schema"]
        chosen = "answer" in schema["properties"]
        said(call, '{"answer": "late"}' if chosen else '{"a":  1}')

    choosing = Wanted(messages=ASKED, choices=("lost", "late"))
    [chosen, formed], _ = ask(form, choosing, Wanted(messages=ASKED, json_schema=SCHEMA))
    assert [piece.text for piece in chosen] == ["late"]
    assert [piece.text for piece in formed] == ['{"a":1}']


def test_what_a_server_does_not_understand_is_left_out_and_remembered():
    def old(call: Call) -> None:
        for name in ("stream_options", "max_tokens", "logprobs", "response_format"):
            if name in call.body:
                hint = "use max_completion_tokens" if name == "max_tokens" else "unknown"
                return call.error(400, f"{name}: {hint}", param=name)
        said(call, "late" if "exactly one" in call.said else "on its way", usage=False)
        return None

    wanted = Wanted(messages=ASKED, max_tokens=5, choices=("lost", "late"))
    [first, second], server = ask(old, wanted, wanted)
    assert first == second
    assert [piece.text for piece in first] == ["late"]
    assert len(server.calls) == 4 + 1 + 1
    assert server.calls[-1]["max_completion_tokens"] == 5
    with pytest.raises(CannotDo, match="logprobs"):
        ask(old, Wanted(messages=ASKED, logprobs=1))


def test_raw_text_goes_to_completions():
    def legacy(call: Call) -> None:
        told = {"tokens": ["b"], "token_logprobs": [-0.25], "top_logprobs": [{"b": -0.25}]}
        choice = {"index": 0, "text": "b", "finish_reason": "length", "logprobs": told}
        stream(call, {"id": "x", "object": "text_completion", "created": 1} | {"choices": [choice]})

    [pieces], server = ask(legacy, Wanted(prompt="a", logprobs=1, max_tokens=1))
    assert server.paths == ["/v1/completions"]
    assert server.calls[0]["prompt"] == "a"
    assert [piece.text for piece in pieces] == ["b", ""]
    assert pieces[0].tokens[0].top == (("b", -0.25),)
    assert pieces[-1].finish == "length"
    with pytest.raises(CannotDo, match="form"):
        ask(legacy, Wanted(prompt="a", choices=("a",)))


def refusing(status: int, message: str, code: str | None = None) -> Callable[[Call], None]:
    return lambda call: call.error(status, message, code, headers={"Retry-After": "7"})


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        (refusing(400, "too long", "context_length_exceeded"), TooLong, "too long"),
        (refusing(400, "bad role"), CannotDo, "bad role"),
        (refusing(401, "key sk-secret is wrong"), EngineDown, "does not accept"),
        (refusing(404, "no such model"), EngineDown, "does not have it"),
        (refusing(429, "slow down"), Busy, "busy"),
        (refusing(500, "at /home/secret"), EngineDown, "failed"),
        (lambda call: call.drop(), EngineDown, "reached"),
        (lambda call: stream(call, chunk("half"), whole=False), EngineDown, "broke off"),
        (lambda call: stream(call, {"error": {"message": "secret"}}), EngineDown, "failed"),
        (lambda call: said(call, finish="content_filter"), CannotDo, "filter"),
        (lambda call: call.sleep(0.6), EngineDown, "within 0.3 s"),
    ],
)
def test_failures_are_told_without_what_is_not_for_the_caller(script, error, words):
    with pytest.raises(error, match=words) as caught:
        # Only what is to be late is short of time: a busy machine may take long for an answer.
        ask(script, Wanted(messages=ASKED), timeout_s=0.3 if "within" in words else 30)
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    if error is Busy:
        assert caught.value.retry_after == 7


def test_a_key_that_a_server_repeats_is_neither_told_nor_logged(monkeypatch, caplog):
    own, known = "my-own-key-of-mine", f"sk-proj-{'aB3' * 12}"
    monkeypatch.setenv("A_KEY", own)
    script = refusing(400, f"{'x' * 180} {known} is not {own}")
    with pytest.raises(CannotDo) as caught:
        ask(script, Wanted(messages=ASKED), api_key_env="A_KEY")
    for text in (str(caught.value), caplog.text):
        assert own not in text
        assert known[:12] not in text
    assert "is not [KEY]" in caplog.text


def test_an_answer_without_its_form_is_no_answer():
    wanted = Wanted(messages=ASKED, choices=("lost", "late"))
    with pytest.raises(CannotDo, match="form"):
        ask(said, wanted)
    [cut], _ = ask(
        lambda call: said(call, '{"a": ', finish="length"),
        Wanted(messages=ASKED, json_schema=SCHEMA),
    )
    assert (cut[-1].text, cut[-1].finish) == ('{"a": ', "length")


def test_the_key_and_the_spend_limit_are_held(monkeypatch):
    monkeypatch.setenv("A_KEY", "sk-1")
    wanted = Wanted(messages=ASKED, max_tokens=10)
    more = {"api_key_env": "A_KEY", "price_out": 1e6, "spend_limit": 13}
    with pytest.raises(EngineDown, match="spend limit"):
        ask(said, wanted, wanted, wanted, **more)  # each may cost 10 and costs 2
    found, server = ask(said, wanted, wanted, **more)
    assert len(found) == 2
    assert set(server.keys) == {"Bearer sk-1"}
    monkeypatch.delenv("A_KEY")
    with pytest.raises(ModelError, match="A_KEY"):
        ask(said, wanted, **more)


def test_who_goes_away_while_the_money_is_short_takes_none_of_it():
    go = threading.Event()

    def held(call: Call) -> None:
        assert go.wait(20)
        said(call)

    async def all_of(engine: EndpointEngine) -> str:
        wanted = Wanted(messages=ASKED, max_tokens=10)
        return "".join([piece.text async for piece in engine.generate(wanted)])

    async def everything(server: Server) -> None:
        engine = EndpointEngine("m", settings(server, price_out=1e6, spend_limit=13))
        first = asyncio.ensure_future(all_of(engine))
        left = asyncio.ensure_future(all_of(engine))  # 10 are set aside: no room for 10 more
        while not server.calls:
            await asyncio.sleep(0.01)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        go.set()
        assert await first == "on its way"
        async with asyncio.timeout(10):
            assert await all_of(engine) == "on its way"

    with Server(held) as server:
        asyncio.run(everything(server))
        assert len(server.calls) == 2


def test_who_goes_away_closes_the_connection_and_others_wait_their_turn():
    gone, running = threading.Event(), threading.Event()

    def endless(call: Call) -> None:
        if call.number:
            return said(call)
        handler = call.handler
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.close_connection = True
        try:
            for _ in range(500):
                handler.wfile.write(f"data: {json.dumps(chunk('x'))}\n\n".encode())
                running.set()
                gone.wait(0.01)
        except OSError:
            gone.set()
            raise
        return None

    async def everything(server: Server) -> None:
        engine = EndpointEngine("m", settings(server, concurrency=1), most=2)
        first = engine.generate(Wanted(messages=ASKED))
        assert (await anext(first)).text == "x"
        second = asyncio.ensure_future(anext(engine.generate(Wanted(messages=ASKED))))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await anext(engine.generate(Wanted(messages=ASKED)))
        await first.aclose()
        assert (await second).text == "on it"
        assert await asyncio.to_thread(gone.wait, 5)

    with Server(endless) as server:
        asyncio.run(everything(server))
        assert len(server.calls) == 2
