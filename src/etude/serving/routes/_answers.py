"""What the paths that answer have in common: from a call to a response, whole or as events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from etude.serving.answering._base import Call, Part, closing
from etude.serving.answering._whole import Whole, collected
from etude.serving.exchange import Asker, answered
from etude.serving.services import Services
from etude.serving.streams import (
    DONE,
    GONE,
    CallerGone,
    EventStream,
    as_api_error,
    begun,
    event,
    while_there,
)

T = TypeVar("T")
Events = Callable[[AsyncIterator[Part]], AsyncIterator[str]]


class Chunked(Protocol):
    """Writes an answer as chunks that end with ``[DONE]``."""

    def opening(self) -> list[dict[str, Any]]:
        """What comes before the text."""
        ...

    def chunk(self, part: Part) -> dict[str, Any]:
        """Text."""
        ...

    def closing(self, last: Part) -> list[dict[str, Any]]:
        """What comes after the text."""
        ...


async def respond(
    services: Services,
    request: Request,
    asker: Asker,
    call: Call,
    whole: Callable[[Whole], dict[str, Any]],
    events: Events | None,
) -> Response:
    """The answer to a call.

    Args:
        services: of the server.
        request: it is watched: where the caller goes away the work ends.
        asker: who asks what.
        call: what is asked.
        whole: writes an answer in one piece.
        events: writes it as events; None: it is wanted in one piece.
    """

    async def in_one(parts: AsyncIterator[Part]) -> dict[str, Any]:
        return whole(await collected(parts))

    return await sent(request, answered(services, asker, call), in_one, events)


async def sent(
    request: Request,
    parts: AsyncIterator[T],
    whole: Callable[[AsyncIterator[T]], Coroutine[Any, Any, dict[str, Any]]],
    events: Callable[[AsyncIterator[T]], AsyncIterator[str]] | None,
) -> Response:
    """A response made of parts, which are computed no further where the caller goes away."""
    try:
        if events is not None:
            # The first part is waited for, so that what is refused is refused with its status.
            return EventStream(events(await while_there(request.receive, begun(parts))))
        return JSONResponse(await while_there(request.receive, whole(parts)))
    except CallerGone:
        return Response(status_code=GONE)


def chunks(answer: Chunked) -> Events:
    """Events that hold chunks and end with ``[DONE]``; what fails in the middle is one of them."""

    async def events(parts: AsyncIterator[Part]) -> AsyncIterator[str]:
        for chunk in answer.opening():
            yield event(chunk)
        try:
            async with closing(parts) as stream:
                async for part in stream:
                    if part.text or part.tokens:
                        yield event(answer.chunk(part))
                    if part.finish is not None:
                        for chunk in answer.closing(part):
                            yield event(chunk)
        except Exception as error:  # noqa: BLE001 - the status is sent: what fails now is an event
            yield event(as_api_error(error).body())
            return
        yield DONE

    return events
