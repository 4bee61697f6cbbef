"""How many answers are computed at once, how many wait for a place, and how long one may take."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.serving.config import Limits
from etude.serving.errors import ApiError, busy
from etude.serving.limits import COMPUTED


class Places:
    """The places where answers are computed; taken in the order of asking."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.running)
        self.running = 0
        self.waiting = 0

    def check(self) -> None:
        """Refuse where there is no room to wait.

        Raises:
            ApiError: 429, as many wait already as may wait.
        """
        if self._free.locked() and self.waiting >= self._limits.waiting:
            raise busy(
                f"The server is busy: {self.running} requests are running and {self.waiting} are "
                "waiting. Try again in a moment."
            )

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """A place, for as long as the context is open.

        Raises:
            ApiError: 429, as many wait already as may wait.
        """
        self.check()
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._free.release()


class Gate:
    """Lets requests to models in, as many as there are places, and ends what takes too long."""

    def __init__(self, app: ASGIApp, places: Places, seconds: float) -> None:
        self.app = app
        self.places = places
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] not in COMPUTED or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            async with asyncio.timeout(self.seconds) as clock:
                self.places.check()
                # Read before there is a place for it: who sends slowly keeps nobody from one.
                body = await _whole(receive)
                if body is None:
                    return
                async with self.places.one():
                    await self.app(scope, _again(body, receive), answer)
        except ApiError as error:
            await answer.fail(error, scope, receive)
        except TimeoutError:
            if not clock.expired():
                raise
            await answer.fail(_too_long(self.seconds), scope, receive)


async def _whole(receive: Receive) -> bytes | None:
    """A request's body; None where the caller went away before its end."""
    pieces: list[bytes] = []
    while (message := await receive())["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
    return None


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, and then whatever comes after it."""
    read = False

    async def first() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return first


class _Answer:
    """Passes an answer on, and can end it with an error wherever it stands."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = self._ended = self._is_stream = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            kind = Headers(raw=message["headers"]).get("content-type", "")
            self._is_stream = kind.startswith("text/event-stream")
        elif message["type"] == "http.response.body":
            self._ended = not message.get("more_body", False)
        await self._send(message)

    async def fail(self, error: ApiError, scope: Scope, receive: Receive) -> None:
        if not self._started:
            answer = JSONResponse(error.body(), error.status, headers=error.headers)
            await answer(scope, receive, self._send)
        elif self._is_stream and not self._ended:
            event = f"data: {json.dumps(error.body())}\n\n".encode()
            await self._send({"type": "http.response.body", "body": event, "more_body": False})


def _too_long(seconds: float) -> ApiError:
    words = f"The request took longer than the {seconds:g} seconds that this server gives one."
    # Asking again would take as long again.
    return ApiError(504, words, code="timeout", headers={"x-should-retry": "false"})
