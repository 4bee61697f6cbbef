"""Webhook endpoints over the wire: what one is made of, and the object that stands for it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from etude.records.tuning import Endpoint
from etude.serving.errors import ApiError
from etude.serving.wire._base import Wire

EVENTS = (
    "fine_tuning.job.succeeded",
    "fine_tuning.job.failed",
    "fine_tuning.job.cancelled",
    "batch.completed",
    "batch.failed",
    "batch.expired",
    "batch.cancelled",
)
"""What an endpoint can be told of here."""
_HINT = 4
_SECRET = "whsec_"  # noqa: S105 - how a secret begins

Name = Annotated[str, Field(min_length=1, max_length=200)]
Url = Annotated[str, Field(min_length=1, max_length=2000)]
Types = Annotated[list[str], Field(min_length=1, max_length=50)]


class EndpointWanted(Wire):
    """A new endpoint."""

    name: Name
    url: Url
    event_types: Types


class EndpointChanged(Wire):
    """What is to be changed of one."""

    name: Name | None = None
    url: Url | None = None
    event_types: Types | None = None


class TestWanted(Wire):
    """A sample delivery."""

    __test__ = False  # for pytest: it is no test

    event_type: str


class Rotated(Wire):
    """A new secret."""

    keep_old_secret_active_for_24_hours: bool = False


def known_events(types: list[str]) -> tuple[str, ...]:
    """Event types that are told of here, each once.

    Raises:
        ApiError: 400, another one.
    """
    for name in types:
        if name not in EVENTS:
            words = f"'{name[:80]}' never happens on this server; these do: {', '.join(EVENTS)}."
            raise ApiError(400, words, code="unsupported_value", param="event_types")
    return tuple(dict.fromkeys(types))


def wire(endpoint: Endpoint, *, secret: bool = False) -> dict[str, Any]:
    """The object of an endpoint; ``secret``: with its secret, which is shown when it is made."""
    made: dict[str, Any] = {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "created_at": endpoint.created,
        "updated_at": endpoint.updated,
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "signing_secret_hint": f"{_SECRET}…{endpoint.secret[-_HINT:]}",
    }
    if secret:
        made["signing_secret"] = endpoint.secret
    return made
