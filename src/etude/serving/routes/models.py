"""``/v1/models``: what can be called here, looked at, and tuned models removed."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends

from etude.serving.errors import ApiError
from etude.serving.keys import require
from etude.serving.names import Named
from etude.serving.services import Services

PATH = "/v1/models"


def router(services: Services) -> APIRouter:
    """The paths; a name may hold slashes."""
    routes = APIRouter(tags=["models"])
    infer, tune = Depends(require(services, "infer")), Depends(require(services, "tune"))
    names = services.catalogue.names

    @routes.get(PATH, dependencies=[infer])
    @routes.get(PATH + "/", dependencies=[infer], include_in_schema=False)
    async def every() -> dict[str, Any]:
        """Every name that can be called."""
        found = await services.catalogue.all()
        return {"object": "list", "data": [_wire(one) for one in found]}

    @routes.get(PATH + "/{model:path}", dependencies=[infer])
    async def one(model: str) -> dict[str, Any]:
        """One name, and what it stands for now."""
        return _wire(Named(model, await asyncio.to_thread(names.target, model)))

    @routes.delete(PATH + "/{model:path}", dependencies=[tune])
    async def remove(model: str) -> dict[str, Any]:
        """Remove a tuned model or a checkpoint. Releases are removed by nobody here."""
        target = await asyncio.to_thread(names.target, model)
        if target.tuned is None:
            words = "Only tuned models can be deleted here; releases and base models stay."
            raise ApiError(403, words, code="not_deletable", param="model")
        await asyncio.to_thread(names.tuned.remove, model)
        return {"id": model, "object": "model", "deleted": True}

    return routes


def _wire(one: Named) -> dict[str, Any]:
    target = one.target
    made: dict[str, Any] = {
        "id": one.name,
        "object": "model",
        "created": target.created,
        "owned_by": target.owner,
        "etude": {"kind": target.kind},
    }
    if target.kind == "release":
        made["etude"]["release"] = target.key
    return made
