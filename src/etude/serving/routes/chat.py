"""``POST /v1/chat/completions``: JSON in one piece, or server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from etude.serving.answering._base import Part, closing
from etude.serving.exchange import Asker, answered
from etude.serving.keys import Caller, require
from etude.serving.routes._answers import collected
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
from etude.serving.wire.chat import ChatAnswer, ChatWanted
from etude.store.ids import made

PATH = "/v1/chat/completions"


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["chat"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(
        request: Request,
        wanted: ChatWanted,
        caller: Caller = infer,
    ) -> Response:
        """Answer a chat, or one input of a task's release."""
        call = wanted.call(services.config)
        asker = Asker(PATH, wanted.model, made("chatcmpl-"), caller.key)
        answer = ChatAnswer(asker.id, int(asker.time), wanted)
        parts = answered(services, asker, call)
        try:
            if wanted.stream:
                return EventStream(
                    _events(await while_there(request.receive, begun(parts)), answer)
                )
            whole = await while_there(request.receive, collected(parts))
        except CallerGone:
            return Response(status_code=GONE)
        return JSONResponse(answer.whole(whole.text, whole.tokens, whole.last))

    return routes


async def _events(parts: AsyncIterator[Part], answer: ChatAnswer) -> AsyncIterator[str]:
    yield event(answer.opening())
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
