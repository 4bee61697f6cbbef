"""``POST /v1/completions``: a text that is gone on with, or a release's one input."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from etude.serving.exchange import Asker
from etude.serving.keys import Caller, require
from etude.serving.routes._answers import chunks, respond
from etude.serving.services import Services
from etude.serving.wire.completions import CompletionAnswer, CompletionWanted
from etude.store.ids import made

PATH = "/v1/completions"


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["completions"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(
        request: Request, wanted: CompletionWanted, caller: Caller = infer
    ) -> Response:
        """Go on with a text, or answer one input of a task's release."""
        call = wanted.call(services.config)
        asker = Asker(PATH, wanted.model, made("cmpl-"), caller.key)
        answer = CompletionAnswer(asker.id, int(asker.time), wanted)
        events = chunks(answer) if wanted.stream else None
        return await respond(services, request, asker, call, answer.whole, events)

    return routes
