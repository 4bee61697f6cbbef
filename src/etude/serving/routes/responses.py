"""``POST /v1/responses``, without state: an answer is given and not kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from etude.serving.exchange import Asker
from etude.serving.keys import Caller, require
from etude.serving.routes._answers import respond
from etude.serving.services import Services
from etude.serving.wire.response_events import ResponseAnswer
from etude.serving.wire.responses import ResponseWanted
from etude.store.ids import made

PATH = "/v1/responses"


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["responses"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(request: Request, wanted: ResponseWanted, caller: Caller = infer) -> Response:
        """Answer a conversation, or one input of a task's release."""
        call = wanted.call(services.config)
        asker = Asker(PATH, wanted.model, made("resp_"), caller.key, request.state.request_id)
        answer = ResponseAnswer(asker.id, int(asker.time), wanted)
        events = answer.events if wanted.stream else None
        return await respond(services, request, asker, call, answer.whole, events)

    return routes
