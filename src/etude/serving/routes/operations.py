"""``/health`` and ``/metrics``: for whoever watches over the server."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from etude import __version__
from etude.errors import EtudeError
from etude.serving.keys import require
from etude.serving.metrics import CONTENT_TYPE
from etude.serving.services import Services
from etude.store.queues import lengths

PATIENCE = 2.0
"""Seconds that the database has to answer."""


def router(services: Services) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(tags=["operations"])

    @made.get("/health")
    async def health() -> JSONResponse:
        """Whether the server can do its work; 503 where it can't. Asks for no key."""
        parts = {name: "ok" if check() else "failing" for name, check in services.checks.items()}
        parts["store"] = "ok" if await _store_answers(services) else "failing"
        fine = all(state == "ok" for state in parts.values())
        said: dict[str, Any] = {"status": "ok" if fine else "failing", "version": __version__}
        return JSONResponse(said | {"parts": parts}, 200 if fine else 503)

    @made.get("/metrics", dependencies=[Depends(require(services, "admin"))])
    async def metrics() -> Response:
        """The numbers that Prometheus reads."""
        queues = await asyncio.to_thread(lengths, services.store.database)
        return Response(services.metrics.text(queues), media_type=CONTENT_TYPE)

    return made


async def _store_answers(services: Services) -> bool:
    try:
        await asyncio.wait_for(
            asyncio.to_thread(lengths, services.store.database), timeout=PATIENCE
        )
    except (EtudeError, TimeoutError):
        return False
    return True
