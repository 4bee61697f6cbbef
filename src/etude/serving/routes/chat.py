"""``POST /v1/chat/completions``: JSON in one piece, or server-sent events."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from etude.serving.exchange import Asker
from etude.serving.keys import Caller, require
from etude.serving.routes._answers import chunks, respond
from etude.serving.services import Services
from etude.serving.wire.chat import ChatAnswer, ChatWanted
from etude.store.ids import made

PATH = "/v1/chat/completions"


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["chat"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(request: Request, wanted: ChatWanted, caller: Caller = infer) -> Response:
        """Answer a chat, or one input of a task's release."""
        call = wanted.call(services.config)
        asker = Asker(PATH, wanted.model, made("chatcmpl-"), caller.key, request.state.request_id)
        answer = ChatAnswer(asker.id, int(asker.time), wanted)
        events = chunks(answer) if wanted.stream else None
        return await respond(services, request, asker, call, answer.whole, events)

    return routes
