"""Feedback as it goes over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict

from etude.records.feedback import Feedback, Said

PREFIX = "fb_"


class FeedbackRequest(Feedback):
    """``POST /v1/feedback``; types are not guessed at."""

    model_config = ConfigDict(strict=True)


def feedback_object(said: Said, recorded: bool | None = None) -> dict[str, Any]:
    """As it is answered; ``recorded``: whether the response it speaks of is in the traffic."""
    document = {
        "id": f"{PREFIX}{said.seq}",
        "object": "feedback",
        "created_at": int(said.time),
        **said.feedback.model_dump(mode="json"),
    }
    return document if recorded is None else document | {"recorded": recorded}
