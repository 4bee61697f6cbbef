"""The server called inside this process, by plain requests and by the official client, without a
socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import openai
from fastapi import Depends, FastAPI

from etude.records.api_key import SCOPES
from etude.serving.app import make_app
from etude.serving.config import ServingConfig
from etude.serving.keys import Caller, require
from etude.serving.services import Services, make_services
from etude.store import Store
from etude.store.api_keys import ApiKeys

T = TypeVar("T")


def keys_of(root: Path) -> ApiKeys:
    return ApiKeys(Store.open(root).database)


def app_of(services: Services) -> FastAPI:
    """The application, and three doors that say who came in."""
    app = make_app(services)
    for scope in SCOPES:
        allowed = Depends(require(services, scope))

        @app.get(f"/{scope}")
        async def who(caller: Caller = allowed) -> dict[str, Any]:
            return {"key": caller.key}

    return app


def serving(tmp_path: Path, **said: Any) -> Services:
    return make_services(tmp_path, ServingConfig.model_validate({"preload": False, **said}))


def call(
    app: FastAPI, *requests: dict[str, Any], address: str = "http://localhost"
) -> list[httpx2.Response]:
    """The answers to requests that are sent one after the other."""

    async def every(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        return [await client.request(**{"method": "GET"} | one) for one in requests]

    return asyncio.run(called(app, every, address))


async def called(
    app: FastAPI,
    use: Callable[[httpx2.AsyncClient], Awaitable[T]],
    address: str = "http://localhost",
) -> T:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=address) as client:
        return await use(client)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def official(
    app: FastAPI, use: Callable[[openai.AsyncOpenAI], Awaitable[T]], key: str = "any"
) -> T:
    """What ``use`` does with OpenAI's own client on the application, its backgrounds running."""

    async def one() -> T:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with app.router.lifespan_context(app):
            client = openai.AsyncOpenAI(
                api_key=key,
                base_url="http://localhost/v1",
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(transport=transport),
            )
            async with client:
                return await use(client)

    return asyncio.run(one())
