"""``/v1/feedback``: what was thought of an answer, said by whoever has its id."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Query

from etude.privacy import redact_row
from etude.records.feedback import Feedback, Said
from etude.serving.errors import not_found
from etude.serving.keys import require
from etude.serving.services import Services
from etude.serving.wire.feedback import PREFIX, FeedbackRequest, feedback_object
from etude.store.feedback import Feedbacks
from etude.store.traffic import Traffic


def router(services: Services) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(tags=["feedback"])
    kept, traffic = Feedbacks(services.store.database), Traffic(services.store.database)

    @made.post("/v1/feedback", dependencies=[Depends(require(services, "infer"))])
    async def give(body: FeedbackRequest) -> dict[str, Any]:
        """Say something of an answer, before or after it is recorded. The same again changes
        nothing; another verdict with the same name, kind and identifier replaces the first."""

        def put() -> dict[str, Any]:
            said = kept.put(_redacted(body))
            return feedback_object(said, traffic.get(body.response_id) is not None)

        return await asyncio.to_thread(put)

    @made.get("/v1/feedback", dependencies=[Depends(require(services, "admin"))])
    async def every(
        response_id: str | None = Query(None, max_length=128),
        after: str | None = Query(None, max_length=64),
        limit: int = Query(20, ge=1, le=100),
    ) -> dict[str, Any]:
        """What was said, the newest first; of one response where that is named."""
        place = _place(after)

        def look() -> dict[str, Any]:
            rows, more = kept.page(limit, after=place, response=response_id)
            known = [traffic.get(row.feedback.response_id) is not None for row in rows]
            return _page(rows, known, more)

        return await asyncio.to_thread(look)

    return made


def _page(rows: list[Said], known: list[bool], more: bool) -> dict[str, Any]:
    data = [feedback_object(row, recorded) for row, recorded in zip(rows, known, strict=True)]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
    return {"object": "list", "data": data, "first_id": None, "last_id": None, **ends} | {
        "has_more": more
    }


def _place(after: str | None) -> int | None:
    if after is None:
        return None
    number = after.removeprefix(PREFIX)
    if not (
        after.startswith(PREFIX) and number.isascii() and number.isdigit() and len(number) < 19
    ):
        raise not_found("feedback", after, param="after")
    return int(number)


def _redacted(said: FeedbackRequest) -> Feedback:
    """Without personal data where free text is: what is kept may become an example."""
    texts = {"correction": said.correction, "explanation": said.result.explanation}
    clean = redact_row({name: text for name, text in texts.items() if text is not None})
    fields = said.model_dump()
    fields["result"]["explanation"] = clean.get("explanation")
    return Feedback.model_validate(fields | {"correction": clean.get("correction")})
