"""Batches as they go over the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from etude.records.batch import OPEN, STAMPS, Batch
from etude.serving.wire._base import Wire

WINDOW_SECONDS = 24 * 3600


class ExpiresAfter(Wire):
    """How long the files of answers are kept, from when they are written."""

    anchor: Literal["created_at"]
    seconds: int = Field(ge=3600, le=2_592_000)


class BatchRequest(Wire):
    """``POST /v1/batches``."""

    input_file_id: str = Field(min_length=1, max_length=100)
    endpoint: Literal["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses"]
    completion_window: Literal["24h"]
    metadata: (
        Annotated[
            dict[
                Annotated[str, Field(max_length=64)],
                Annotated[str, Field(max_length=512)],
            ],
            Field(max_length=16),
        ]
        | None
    ) = None
    output_expires_after: ExpiresAfter | None = None


def batch_object(batch: Batch) -> dict[str, Any]:
    """As OpenAI's client reads it."""
    errors = [error.model_dump() for error in batch.errors]
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "model": batch.model,
        "errors": {"object": "list", "data": errors} if errors else None,
        "input_file_id": batch.input_file,
        "completion_window": batch.window,
        "status": batch.status,
        "output_file_id": batch.output_file,
        "error_file_id": batch.error_file,
        "created_at": batch.created,
        "expires_at": batch.expires,
        **{stamp: batch.stamps.get(stamp) for stamp in STAMPS.values()},
        "request_counts": batch.counts.model_dump(),
        "usage": None if batch.status in OPEN or batch.tokens is None else _usage(batch),
        "metadata": batch.metadata,
    }


def _usage(batch: Batch) -> dict[str, Any]:
    assert batch.tokens is not None
    used = batch.tokens
    return {
        "input_tokens": used.read,
        "input_tokens_details": {"cached_tokens": used.cached},
        "output_tokens": used.written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.read + used.written,
    }
