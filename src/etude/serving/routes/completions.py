"""``POST /v1/completions``: texts that are gone on with, or inputs of a release, one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from etude.serving.exchange import Asker, answered
from etude.serving.keys import Caller, require
from etude.serving.routes._answers import sent
from etude.serving.services import Services
from etude.serving.together import together
from etude.serving.wire.completion_answers import CompletionAnswer
from etude.serving.wire.completions import CompletionWanted
from etude.store.ids import made

PATH = "/v1/completions"
AT_ONCE = 16
"""Answers of one request that are computed at the same time: it must leave room for others."""


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["completions"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(
        request: Request, wanted: CompletionWanted, caller: Caller = infer
    ) -> Response:
        """Go on with texts, or answer inputs of a task's release."""
        calls = wanted.calls(services.config)
        asker = Asker(PATH, wanted.model, made("cmpl-"), caller.key, request.state.request_id)
        names = [f"{asker.id}-{place}" if place else asker.id for place in range(len(calls))]
        streams = [
            answered(services, replace(asker, id=name), call)
            for name, call in zip(names, calls, strict=True)
        ]
        answer = CompletionAnswer(names, int(asker.time), wanted)
        events = answer.events if wanted.stream else None
        return await sent(request, together(streams, AT_ONCE), answer.whole, events)

    return routes
