"""Feedback as it goes over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, model_validator

from etude.records.feedback import Feedback, Said
from etude.serving.wire._base import whole_characters

PREFIX = "fb_"


class FeedbackRequest(Feedback):
    """``POST /v1/feedback``; types are not guessed at."""

    model_config = ConfigDict(strict=True)

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: Any) -> Any:
        return whole_characters(given)


def feedback_object(said: Said, recorded: bool) -> dict[str, Any]:
    """As it is answered; ``recorded``: whether the response it speaks of is in the traffic."""
    return {
        "id": f"{PREFIX}{said.seq}",
        "object": "feedback",
        "created_at": int(said.time),
        **said.feedback.model_dump(mode="json"),
        "recorded": recorded,
    }
