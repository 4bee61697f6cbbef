"""``/v1/batches``: a file of requests that are answered without anyone waiting."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Query

from etude.records.batch import Batch
from etude.serving.errors import ApiError, not_found
from etude.serving.keys import Caller, require
from etude.serving.services import Services
from etude.serving.wire.batches import WINDOW_SECONDS, BatchRequest, batch_object
from etude.store.batches import Batches
from etude.store.ids import made, now

PURPOSE = "batch"


def router(services: Services) -> APIRouter:
    """The routes of this file."""
    tune = Depends(require(services, "tune"))
    routes = APIRouter(prefix="/v1/batches", tags=["batches"], dependencies=[tune])
    _add_changing(routes, services)
    _add_reading(routes, services.batches.batches)
    return routes


def _add_changing(routes: APIRouter, services: Services) -> None:
    kept = services.batches.batches
    # A batch asks models, so its maker's key must open that as well.
    asking = Depends(require(services, "infer"))

    @routes.post("")
    async def create(body: BatchRequest, caller: Caller = asking) -> dict[str, Any]:
        """Put a batch into the queue; its lines are checked when its turn comes."""
        file = await asyncio.to_thread(services.store.files.find, body.input_file_id)
        if file is None:
            raise not_found("file", body.input_file_id, param="input_file_id")
        if file.purpose != PURPOSE:
            words = f"The file's purpose must be '{PURPOSE}', and it is '{file.purpose}'."
            raise ApiError(400, words, code="invalid_file_purpose", param="input_file_id")
        batch = await asyncio.to_thread(kept.create, _wanted(body, caller))
        services.batches.wake()
        return batch_object(batch)

    @routes.post("/{batch_id}/cancel")
    async def cancel(batch_id: str) -> dict[str, Any]:
        """Answer no more of it; what is answered can be fetched."""
        batch = _there(await asyncio.to_thread(kept.cancel, batch_id), batch_id)
        if batch.status not in ("cancelling", "cancelled"):
            words = f"A batch with the status '{batch.status}' can't be cancelled."
            raise ApiError(400, words, code="invalid_status")
        services.batches.wake()
        return batch_object(batch)


def _add_reading(routes: APIRouter, kept: Batches) -> None:
    @routes.get("")
    async def every(
        after: str | None = Query(None, max_length=100),
        limit: int = Query(20, ge=1, le=100),
    ) -> dict[str, Any]:
        """Batches, the newest first."""
        try:
            rows, more = await asyncio.to_thread(kept.page, limit, after)
        except KeyError as error:
            raise not_found("batch", after or "", param="after") from error
        data = [batch_object(row) for row in rows]
        first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
        ends = {"first_id": first, "last_id": last, "has_more": more}
        return {"object": "list", "data": data, **ends}

    @routes.get("/{batch_id}")
    async def one(batch_id: str) -> dict[str, Any]:
        """A batch, with how far it is."""
        return batch_object(_there(await asyncio.to_thread(kept.find, batch_id), batch_id))


def _wanted(body: BatchRequest, caller: Caller) -> Batch:
    kept = body.output_expires_after
    made_at = now()
    return Batch(
        id=made("batch_"),
        created=made_at,
        endpoint=body.endpoint,
        input_file=body.input_file_id,
        window=body.completion_window,
        expires=made_at + WINDOW_SECONDS,
        metadata=body.metadata,
        key=caller.key,
        output_seconds=None if kept is None else kept.seconds,
    )


def _there(batch: Batch | None, name: str) -> Batch:
    if batch is None:
        raise not_found("batch", name)
    return batch
