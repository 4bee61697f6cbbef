"""``/v1/traffic``: what was written down of requests, for those who may see all of it."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Query

from etude.records.traffic import Served
from etude.serving.errors import not_found
from etude.serving.keys import require
from etude.serving.services import Services
from etude.store.traffic import Traffic


def router(services: Services) -> APIRouter:
    """The routes of this file."""
    routes = APIRouter(
        prefix="/v1/traffic", tags=["traffic"], dependencies=[Depends(require(services, "admin"))]
    )
    kept = Traffic(services.store.database)

    @routes.get("")
    async def every(
        after: str | None = Query(None, max_length=128),
        request_id: str | None = Query(None, max_length=128),
        limit: int = Query(20, ge=1, le=1000),
    ) -> dict[str, Any]:
        """Requests that were answered, the newest first; those alone that were called so."""
        if after is not None and await asyncio.to_thread(kept.get, after) is None:
            raise not_found("response", after, param="after")
        rows = await asyncio.to_thread(kept.newest, limit + 1, after, request_id)
        data = [_object(row) for row in rows[:limit]]
        first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
        ends = {"first_id": first, "last_id": last, "has_more": len(rows) > limit}
        return {"object": "list", "data": data, **ends}

    @routes.get("/{response_id}")
    async def one(response_id: str) -> dict[str, Any]:
        """The request that was answered with this response."""
        row = await asyncio.to_thread(kept.get, response_id)
        if row is None:
            raise not_found("response", response_id)
        return _object(row)

    return routes


def _object(row: Served) -> dict[str, Any]:
    return {"object": "served", **row.model_dump(mode="json")}
