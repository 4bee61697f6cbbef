"""Answers while the caller may go away: work is stopped with them, and events are sent as they come.

It knows ASGI and server-sent events, nothing of models.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from etude.serving.answering._base import closing
from etude.serving.engines._base import EngineError
from etude.serving.errors import ApiError, from_engine

T = TypeVar("T")
GONE = 499
"""The status that nobody reads: the caller went away."""
DONE = "data: [DONE]\n\n"
_HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}
_log = logging.getLogger(__name__)


class CallerGone(Exception):
    """Whoever asked is not there any more."""


async def while_there(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``; it is cancelled where the caller goes away before.

    Raises:
        CallerGone: they did.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise CallerGone
    finally:
        await _stop(gone)
        await _stop(task)


class EventStream(Response):
    """Server-sent events; where the caller goes away, the iterator is closed."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str]) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them all."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        try:
            await while_there(receive, self._send(send))
        except CallerGone:
            return

    async def _send(self, send: Send) -> None:
        async with closing(self._events) as events:
            async for event in events:
                await send({"type": "http.response.body", "body": _bytes(event), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def event(data: dict[str, Any], name: str | None = None) -> str:
    """One event, with its name where the API has one."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


async def begun(parts: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same parts, the first of them computed: what fails before it fails as a plain response."""
    try:
        first = await anext(parts)
    except StopAsyncIteration:
        return _chained([], parts)
    return _chained([first], parts)


async def _chained(first: list[T], rest: AsyncIterator[T]) -> AsyncIterator[T]:
    async with closing(rest) as parts:
        for one in first:
            yield one
        async for one in parts:
            yield one


def as_api_error(error: Exception) -> ApiError:
    """What a caller is told of an error in the middle of an answer."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, EngineError):
        return from_engine(error)
    _log.error("an answer failed in the middle", exc_info=error)
    return ApiError(500, "The server failed on this request.", code="internal_error")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stop(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has cleaned up after itself; its result is somebody else's."""
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
