"""How many answers are computed at once, how many wait for a place, and how long one may take."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.serving.config import Limits
from etude.serving.errors import ApiError, busy
from etude.serving.limits import COMPUTED
from etude.serving.streams import CallerGone, while_there

BODIES = 32
"""As many of the largest bodies may lie in memory before there is a place for them."""


class Places:
    """The places where answers are computed; taken in the order of asking."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.running)
        self._room = int(limits.body_mb * BODIES * (1 << 20))
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

    @contextmanager
    def body(self) -> Iterator[Callable[[int], None]]:
        """Counts the bytes of a body that has no place yet, for as long as the context is open. What it
        gives is called with how many came, and raises ``ApiError`` (429) where memory has no room."""
        mine = 0

        def came(count: int) -> None:
            nonlocal mine
            if count > self._room:
                raise busy("Too many large requests are being read. Try again in a moment.")
            self._room -= count
            mine += count

        try:
            yield came
        finally:
            self._room += mine

    @asynccontextmanager
    async def one(self, receive: Receive) -> AsyncIterator[None]:
        """A place, for as long as the context is open.

        Args:
            receive: tells of a caller who goes away while they wait.

        Raises:
            ApiError: 429, as many wait already as may wait.
            CallerGone: they went away, and wait no longer.
        """
        self.check()
        self.waiting += 1
        try:
            await self._taken(receive)
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._free.release()

    async def _taken(self, receive: Receive) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        taken = False

        async def take() -> None:
            nonlocal taken
            await self._free.acquire()
            taken = True

        try:
            await while_there(receive, take())
        except BaseException:
            if taken:  # in the moment in which it was no longer wanted
                self._free.release()
            raise


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
                await self._answered(scope, receive, answer)
        except CallerGone:
            return
        except ApiError as error:
            await answer.fail(error, scope, receive)
        except TimeoutError:
            if not clock.expired():
                raise
            await answer.fail(_too_long(self.seconds), scope, receive)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.places.check()
        async with AsyncExitStack() as place:
            # Read before there is a place for it: who sends slowly keeps nobody from one.
            with self.places.body() as came:
                body = await _whole(receive, came)
                await place.enter_async_context(self.places.one(receive))
            await self.app(scope, _again(body, receive), send)


async def _whole(receive: Receive, came: Callable[[int], None]) -> bytes:
    """A request's body; ``came`` is told of every piece.

    Raises:
        CallerGone: the caller went away before its end.
    """
    pieces: list[bytes] = []
    while (message := await receive())["type"] == "http.request":
        piece = message.get("body", b"")
        came(len(piece))
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)
    raise CallerGone


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
