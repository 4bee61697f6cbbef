"""``POST /v1/embeddings``: texts to unit vectors, those of many callers computed together."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from etude.records.traffic import Served
from etude.serving.answering.embedding import Embedded, Embedding
from etude.serving.errors import ApiError
from etude.serving.exchange import Asker
from etude.serving.keys import Caller, require
from etude.serving.services import Services
from etude.serving.streams import GONE, CallerGone, while_there
from etude.serving.wire.embeddings import EmbeddingsWanted, embeddings
from etude.store.ids import made

PATH = "/v1/embeddings"
AT_ONCE = 32
"""Vectors that are put into writing before others have their turn."""


def router(services: Services) -> APIRouter:
    """The path."""
    routes = APIRouter(tags=["embeddings"])
    infer: Any = Depends(require(services, "infer"))

    @routes.post(PATH, response_model=None)
    async def create(
        request: Request, wanted: EmbeddingsWanted, caller: Caller = infer
    ) -> Response:
        """Embed texts."""
        asker = Asker(PATH, wanted.model, made("emb_"), caller.key, request.state.request_id)
        try:
            rows = await while_there(request.receive, _embedded(services, wanted))
        except CallerGone:
            return Response(status_code=GONE)
        tokens = sum(one.tokens for one in rows)
        await services.recorder.add(_served(asker, wanted, tokens))
        pieces = []
        for place, piece in enumerate(embeddings(wanted, [one.vector for one in rows], tokens)):
            pieces.append(piece)
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        return Response("".join(pieces), media_type="application/json")

    return routes


async def _embedded(services: Services, wanted: EmbeddingsWanted) -> list[Embedded]:
    async with services.catalogue.lent(wanted.model) as lent:
        model = lent.embedding
        if wanted.dimensions not in (None, model.dim):
            words = f"This model's vectors have {model.dim} dimensions; others can't be had."
            raise ApiError(400, words, code="unsupported_value", param="dimensions")
        rows = await asyncio.gather(*(model.embed(text) for text in wanted.input))
        _refuse_long(model, rows, wanted)
        return rows


def _refuse_long(model: Embedding, rows: list[Embedded], wanted: EmbeddingsWanted) -> None:
    if wanted.etude is not None and wanted.etude.truncate:
        return
    for place, one in enumerate(rows):
        if one.tokens > model.most_tokens:
            raise ApiError(
                400,
                f"This model reads {model.most_tokens:,} tokens, and input {place} has "
                f'{one.tokens:,}. "etude": {{"truncate": true}} embeds the beginning.',
                code="context_length_exceeded",
                param=f"input.{place}",
            )


def _served(asker: Asker, wanted: EmbeddingsWanted, tokens: int) -> Served:
    sent = json.dumps(wanted.input)
    return Served(
        id=asker.id,
        request_id=asker.request_id,
        time=asker.time,
        endpoint=asker.endpoint,
        model=asker.model,
        prompt_hash=hashlib.sha256(sent.encode()).hexdigest(),
        tokens_in=tokens,
        seconds=time.perf_counter() - asker.began,
        finish="stop",
        key=asker.key,
        input="\n".join(wanted.input),
    )
