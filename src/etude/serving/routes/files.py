"""``/v1/files``: what jobs and batches read, uploaded, and what they leave, to be fetched."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse

from etude.errors import StoreError
from etude.serving.errors import not_found
from etude.serving.keys import require
from etude.serving.services import Services
from etude.serving.uploads import receive
from etude.serving.wire.files import LEAST_SECONDS, MOST_SECONDS, PURPOSES, said_of, wire
from etude.serving.wire.pages import no_such_cursor, page
from etude.store.files import Files

PATH = "/v1/files"
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": list(PURPOSES)},
                        "expires_after[anchor]": {"type": "string", "enum": ["created_at"]},
                        "expires_after[seconds]": {
                            "type": "integer",
                            "minimum": LEAST_SECONDS,
                            "maximum": MOST_SECONDS,
                        },
                    },
                }
            }
        },
    }
}
"""The form of an upload, for the API's description: it is read as a stream, by no model."""
Limit = Annotated[int, Query(ge=1, le=10_000)]


def router(services: Services) -> APIRouter:
    """The paths."""
    routes = APIRouter(tags=["files"], dependencies=[Depends(require(services, "tune"))])
    _add_uploads(routes, services.store.files)
    _add_reading(routes, services.store.files)
    return routes


def _add_uploads(routes: APIRouter, files: Files) -> None:
    @routes.post(PATH, openapi_extra=FORM)
    async def upload(request: Request) -> dict[str, Any]:
        """Keep a file: a form with ``file`` and ``purpose``."""
        kind = request.headers.get("content-type", "")
        came, (purpose, expires) = await receive(kind, request.stream(), files, said_of)
        kept = await asyncio.to_thread(
            files.add,
            came.file,
            came.incoming,
            purpose=purpose,
            filename=came.filename,
            expires=expires,
        )
        return wire(kept)

    @routes.delete(PATH + "/{file_id}")
    def delete(file_id: str) -> dict[str, Any]:
        """Remove a file."""
        if not files.delete(file_id):
            raise not_found("file", file_id, "file_id")
        return {"id": file_id, "object": "file", "deleted": True}


def _add_reading(routes: APIRouter, files: Files) -> None:
    @routes.get(PATH)
    def every(
        after: str | None = None,
        limit: Limit = 10_000,
        order: Literal["asc", "desc"] = "desc",
        purpose: str | None = None,
    ) -> dict[str, Any]:
        """Files, the newest first."""
        try:
            found, more = files.page(after=after, limit=limit, order=order, purpose=purpose)
        except KeyError:
            raise no_such_cursor(after or "") from None
        return page([wire(file) for file in found], more, ends=True)

    @routes.get(PATH + "/{file_id}")
    def one(file_id: str) -> dict[str, Any]:
        """One file, without its bytes."""
        found = files.find(file_id)
        if found is None:
            raise not_found("file", file_id, "file_id")
        return wire(found)

    @routes.get(PATH + "/{file_id}/content", response_class=FileResponse)
    def content(file_id: str) -> FileResponse:
        """The bytes of a file."""
        found = files.find(file_id)
        try:
            path = files.path(file_id)
        except StoreError:
            raise not_found("file", file_id, "file_id") from None
        name = found.filename if found is not None else file_id
        return FileResponse(path, media_type="application/octet-stream", filename=name)
