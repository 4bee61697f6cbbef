"""How many answers are computed at once, who must come back later, and what takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from etude.serving.config import Limits
from etude.serving.gate import BODIES, Gate, Places

PATH = "/v1/chat/completions"
Answer = Callable[[Request], Awaitable[Response]]


def gated(answer: Answer, **limits: Any) -> tuple[Gate, Places]:
    said = Limits(**limits)
    places = Places(said)
    app = Starlette(routes=[Route(PATH, answer, methods=["POST"]), Route("/other", answer)])
    return Gate(app, places, said.request_seconds), places


def client_of(app: Gate) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost")


def test_more_than_may_run_wait_and_more_than_may_wait_come_back_later() -> None:
    most: list[int] = []

    async def run() -> list[httpx2.Response]:
        go = asyncio.Event()

        async def slow(request: Request) -> Response:
            most.append(places.running)
            await go.wait()
            return JSONResponse({})

        app, places = gated(slow, running=2, waiting=3)
        async with client_of(app) as client:
            asked = [asyncio.create_task(client.post(PATH)) for _ in range(7)]
            while sum(task.done() for task in asked) < 2:
                await asyncio.sleep(0)
            assert (places.running, places.waiting) == (2, 3)
            refused = await asyncio.wait_for(client.post(PATH), 30)
            assert refused.status_code == 429
            go.set()
            other = await client.get("/other")  # takes no place
            assert other.status_code == 200
            answers = await asyncio.gather(*asked)
        assert (places.running, places.waiting) == (0, 0)
        return answers

    answers = asyncio.run(run())
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 2
    assert max(most) == 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert set(refused.json()["error"]) == {"message", "type", "param", "code"}


def test_what_takes_too_long_ends_and_frees_its_place() -> None:
    stopped: list[str] = []

    async def forever(request: Request) -> Response:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append("yes")
            raise
        return JSONResponse({})

    async def run() -> httpx2.Response:
        app, places = gated(forever, request_seconds=0.02)
        async with client_of(app) as client:
            answer = await client.post(PATH)
        assert places.running == 0
        return answer

    answer = asyncio.run(run())
    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "timeout"
    assert answer.headers["x-should-retry"] == "false"
    assert stopped == ["yes"]


def test_a_stream_that_takes_too_long_says_so() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        await asyncio.sleep(60)

    async def stream(request: Request) -> Response:
        return StreamingResponse(pieces(), media_type="text/event-stream")

    async def run() -> httpx2.Response:
        async with client_of(gated(stream, request_seconds=0.02)[0]) as client:
            return await client.post(PATH)

    answer = asyncio.run(run())
    assert answer.status_code == 200
    assert answer.text.startswith('data: 1\n\ndata: {"error":')
    assert '"timeout"' in answer.text


def test_a_failure_frees_the_place() -> None:
    async def fails(request: Request) -> Response:
        raise TimeoutError("the model's own")

    async def run() -> None:
        app, places = gated(fails)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            with pytest.raises(TimeoutError, match="the model's own"):
                await client.post(PATH)
        assert places.running == 0

    asyncio.run(run())


def test_who_sends_slowly_keeps_nobody_from_a_place() -> None:
    read: list[bytes] = []

    async def answer(request: Request) -> Response:
        read.append(await request.body())
        return JSONResponse({})

    async def run() -> None:
        app, places = gated(answer, running=1, waiting=0)
        go = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"sl"
            await go.wait()
            yield b"ow"

        async with client_of(app) as client:
            slow = asyncio.create_task(client.post(PATH, content=slowly()))
            await asyncio.sleep(0.01)
            assert places.running == 0
            quick = await asyncio.wait_for(client.post(PATH, content=b"quick"), 30)
            go.set()
            assert (quick.status_code, (await slow).status_code) == (200, 200)

    asyncio.run(run())
    assert read == [b"quick", b"slow"]


def test_who_goes_away_while_they_wait_gives_their_turn_to_the_next() -> None:
    async def run() -> None:
        go, left = asyncio.Event(), asyncio.Event()

        async def answer(request: Request) -> Response:
            await go.wait()
            return JSONResponse({})

        app, places = gated(answer, running=1, waiting=1)
        news = iter(({"type": "http.request", "body": b"{}", "more_body": False},))

        async def receive() -> Any:
            if (said := next(news, None)) is not None:
                return said
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError("nobody is there to read this")

        async with client_of(app) as client:
            first = asyncio.create_task(client.post(PATH))
            while not places.running:
                await asyncio.sleep(0)
            scope = {"type": "http", "path": PATH, "method": "POST", "headers": []}
            leaving = asyncio.create_task(app(scope, receive, send))
            while not places.waiting:
                await asyncio.sleep(0)
            left.set()
            await asyncio.wait_for(leaving, 30)
            assert (places.running, places.waiting) == (1, 0)
            go.set()
            last = await client.post(PATH)
            assert ((await first).status_code, last.status_code) == (200, 200)
        assert (places.running, places.waiting) == (0, 0)

    asyncio.run(run())


def test_bodies_that_have_no_place_yet_fill_no_memory() -> None:
    async def run() -> None:
        async def answer(request: Request) -> Response:
            return JSONResponse({"read": len(await request.body())})

        app, places = gated(answer, body_mb=1024 / (1 << 20))
        go, most = asyncio.Event(), 1024 * BODIES

        async def slowly() -> AsyncIterator[bytes]:
            yield b"x" * (most - 10)
            await go.wait()
            yield b"x"

        async with client_of(app) as client:
            slow = asyncio.create_task(client.post(PATH, content=slowly()))
            while places._room == most:
                await asyncio.sleep(0)
            large = await client.post(PATH, content=b"x" * 11)
            assert (large.status_code, large.json()["error"]["code"]) == (
                429,
                "rate_limit_exceeded",
            )
            assert (await client.post(PATH, content=b"x" * 9)).status_code == 200
            go.set()
            assert (await slow).json() == {"read": most - 9}
        assert places._room == most

    asyncio.run(run())


def test_who_goes_away_before_the_end_asks_nothing() -> None:
    async def answer(request: Request) -> Response:
        raise AssertionError("nobody waits for this")

    async def run() -> list[object]:
        app, places = gated(answer)
        sent: list[object] = []
        news = iter(
            (
                {"type": "http.request", "body": b"{", "more_body": True},
                {"type": "http.disconnect"},
            )
        )

        async def receive() -> Any:
            return next(news)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "path": PATH, "method": "POST", "headers": []}
        await app(scope, receive, send)
        assert (places.running, places.waiting) == (0, 0)
        return sent

    assert asyncio.run(run()) == []
