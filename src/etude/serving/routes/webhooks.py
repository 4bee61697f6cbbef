"""``/v1/webhook_endpoints``: who is told when a job is over, and how they know that it is true."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from etude.records.tuning import Endpoint
from etude.serving.calling import Caller, Refused, Unreached
from etude.serving.errors import ApiError, not_found
from etude.serving.keys import require
from etude.serving.services import Services
from etude.serving.webhooks import OLD_SECRET_SECONDS, new_secret, send
from etude.serving.wire.pages import no_such_cursor, page
from etude.serving.wire.webhooks import (
    EVENTS,
    EndpointChanged,
    EndpointWanted,
    Rotated,
    TestWanted,
    known_events,
    wire,
)
from etude.store.ids import made, now
from etude.store.webhooks import delivery

PATH = "/v1/webhook_endpoints"
SAMPLES = {"batch": "batch_sample", "fine_tuning": "ftjob-sample"}
"""The id in a sample delivery, by the first word of its type."""
Limit = Annotated[int, Query(ge=1, le=100)]


def router(services: Services) -> APIRouter:
    """The paths; who may set endpoints lets this server call others, so an admin's key is asked."""
    routes = APIRouter(tags=["webhooks"], dependencies=[Depends(require(services, "admin"))])
    config = services.config
    caller = Caller(config.tuning.own_hosts, config.is_loopback)
    _add_types(routes)
    _add_making(routes, services, caller)
    _add_reading(routes, services)
    _add_secrets(routes, services)
    _add_samples(routes, services, caller)
    return routes


def _add_types(routes: APIRouter) -> None:
    @routes.get("/v1/webhook_event_types")
    def types() -> dict[str, Any]:
        """The types of events that happen here."""
        return {"object": "list", "data": list(EVENTS)}


def _add_making(routes: APIRouter, services: Services, caller: Caller) -> None:
    hooks = services.store.webhooks

    @routes.post(PATH)
    def make(wanted: EndpointWanted) -> dict[str, Any]:
        """Keep an endpoint; its secret is shown this once."""
        _check(caller, wanted.url)
        endpoint = Endpoint(
            id=made("we_"),
            created=now(),
            updated=now(),
            name=wanted.name,
            url=wanted.url,
            event_types=known_events(wanted.event_types),
            secret=new_secret(),
        )
        hooks.put(endpoint)
        return wire(endpoint, secret=True)

    @routes.post(PATH + "/{endpoint_id}")
    def change(endpoint_id: str, wanted: EndpointChanged) -> dict[str, Any]:
        """Change an endpoint's name, address or types."""
        endpoint = _found(services, endpoint_id)
        said = wanted.model_dump(exclude_none=True)
        if wanted.url is not None:
            _check(caller, wanted.url)
        if wanted.event_types is not None:
            said["event_types"] = known_events(wanted.event_types)
        changed = endpoint.model_copy(update=said)
        if changed != endpoint:
            changed = changed.model_copy(update={"updated": now()})
            hooks.put(changed)
        return wire(changed)


def _add_reading(routes: APIRouter, services: Services) -> None:
    hooks = services.store.webhooks

    @routes.get(PATH)
    def every(after: str | None = None, limit: Limit = 20) -> dict[str, Any]:
        """Endpoints, the newest first."""
        try:
            found, more = hooks.page(after=after, limit=limit)
        except KeyError:
            raise no_such_cursor(after or "") from None
        return page([wire(one) for one in found], more, ends=True)

    @routes.get(PATH + "/{endpoint_id}")
    def one(endpoint_id: str) -> dict[str, Any]:
        """One endpoint."""
        return wire(_found(services, endpoint_id))

    @routes.delete(PATH + "/{endpoint_id}")
    def delete(endpoint_id: str) -> dict[str, Any]:
        """Tell an endpoint nothing any more."""
        if not hooks.delete(endpoint_id):
            raise not_found("webhook endpoint", endpoint_id, "webhook_endpoint_id")
        return {"id": endpoint_id, "object": "webhook_endpoint.deleted", "deleted": True}


def _add_secrets(routes: APIRouter, services: Services) -> None:
    hooks = services.store.webhooks

    @routes.post(PATH + "/{endpoint_id}/rotate_secret")
    def rotate(endpoint_id: str, wanted: Rotated | None = None) -> dict[str, Any]:
        """Give an endpoint a new secret; the old one signs as well for a day where that is asked."""
        endpoint = _found(services, endpoint_id)
        keep = wanted is not None and wanted.keep_old_secret_active_for_24_hours
        rotated = endpoint.model_copy(
            update={
                "secret": new_secret(),
                "old_secret": endpoint.secret if keep else None,
                "old_until": now() + OLD_SECRET_SECONDS if keep else None,
                "updated": now(),
            }
        )
        hooks.put(rotated)
        return wire(rotated, secret=True)


def _add_samples(routes: APIRouter, services: Services, caller: Caller) -> None:
    @routes.post(PATH + "/{endpoint_id}/test")
    def test(endpoint_id: str, wanted: TestWanted) -> dict[str, Any]:
        """Send a sample now, and say what the endpoint answered."""
        endpoint = _found(services, endpoint_id)
        (event,) = known_events([wanted.event_type])
        try:
            sample = delivery(endpoint.id, event, SAMPLES[event.partition(".")[0]])
            status = send(caller, endpoint, sample)
        except (Refused, Unreached) as error:
            words = f"The endpoint could not be reached: {error}."
            raise ApiError(400, words, code="endpoint_unreachable") from None
        return {
            "object": "webhook_endpoint.test",
            "webhook_endpoint_id": endpoint.id,
            "event_type": event,
            "status_code": status,
            "success": True,
        }


def _found(services: Services, endpoint_id: str) -> Endpoint:
    endpoint = services.store.webhooks.find(endpoint_id)
    if endpoint is None:
        raise not_found("webhook endpoint", endpoint_id, "webhook_endpoint_id")
    return endpoint


def _check(caller: Caller, url: str) -> None:
    try:
        caller.check(url)
    except Refused as error:
        words = (
            f"This address can't be called: {error}. Hosts inside one's own network are named in "
            "serve.yaml (tuning: own_hosts:)."
        )
        raise ApiError(400, words, code="invalid_url", param="url") from None
