"""The application: every file of ``routes`` joined, errors in OpenAI's shape, a name a request."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from etude import __version__
from etude.serving import routes
from etude.serving.door import Door
from etude.serving.engines._base import EngineError
from etude.serving.errors import ApiError, from_engine
from etude.serving.gate import Gate
from etude.serving.metrics import Counted
from etude.serving.middleware import Boundary
from etude.serving.services import Services

_log = logging.getLogger(__name__)


def make_app(services: Services) -> FastAPI:
    """The server's application; ``services`` start and stop with it."""
    app = FastAPI(
        title="Etude",
        version=__version__,
        lifespan=_lifespan(services),
        docs_url=None,  # pages that would fetch scripts from elsewhere, with this server's rights
        redoc_url=None,
    )
    for module in iter_modules(routes.__path__):
        if not module.name.startswith("_"):
            app.include_router(import_module(f"{routes.__name__}.{module.name}").router(services))
    _add_errors(app)
    limits = services.config.limits
    # The last that is added is the first that a request meets.
    app.add_middleware(Gate, places=services.places, seconds=limits.request_seconds)
    app.add_middleware(Door, keyring=services.keyring)
    app.add_middleware(Boundary, limits=limits)
    app.add_middleware(Counted, metrics=services.metrics)
    services.batches.app = app
    return app


def _lifespan(services: Services) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        started = []
        try:
            for background in services.backgrounds:
                await background.start()
                started.append(background)
            yield
        finally:
            for background in reversed(started):
                try:
                    await background.stop()
                except Exception:  # noqa: BLE001 - the others still have something to write
                    _log.exception("%s did not end in good order", type(background).__name__)
            services.store.close()

    return lifespan


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ApiError)
    async def api(request: Request, error: ApiError) -> JSONResponse:
        return answered(error)

    @app.exception_handler(EngineError)
    async def engine(request: Request, error: EngineError) -> JSONResponse:
        return answered(from_engine(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answered(from_validation(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        # FastAPI says that a body could not be read; why is what the boundary found.
        cause = error.__cause__
        return answered(cause if isinstance(cause, ApiError) else _from_http(request, error))


def answered(error: ApiError) -> JSONResponse:
    """An error as a response."""
    return JSONResponse(error.body(), error.status, headers=error.headers)


def from_validation(error: RequestValidationError) -> ApiError:
    """The first thing that is wrong in a request; what was sent is not repeated."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    param = ".".join(place) or None
    if first["type"] == "json_invalid":
        return ApiError(400, "The body is not valid JSON.", code="invalid_json")
    if first["type"] == "extra_forbidden":
        words = f"Unknown parameter: '{param}'."
        return ApiError(400, words, code="unknown_parameter", param=param)
    if first["type"] == "missing" and param is None:
        words = "The request has no body; a JSON object is expected."
        return ApiError(400, words, code="missing_required_parameter")
    if first["type"] == "missing":
        words = f"Missing required parameter: '{param}'."
        return ApiError(400, words, code="missing_required_parameter", param=param)
    found = first["msg"].removeprefix("Value error, ").partition(" after validation")[0]
    if place[-1:] == ["[key]"]:  # of an object with names of the caller's own
        param, found = ".".join(place[:-2]), f"a key: {found}"
    words = (
        f"Invalid value for '{param}': {found}." if param else f"{found[:1].upper()}{found[1:]}."
    )
    return ApiError(400, words, code="invalid_value", param=param)


def _from_http(request: Request, error: HTTPException) -> ApiError:
    if error.status_code == 404:
        words = f"Invalid URL ({request.method} {request.url.path[:200]})."
        return ApiError(404, words, code="unknown_url")
    if error.status_code == 405:
        words = f"Not allowed to {request.method} on {request.url.path[:200]}."
        return ApiError(405, words, code="method_not_supported", headers=dict(error.headers or {}))
    if error.status_code == 400 and error.__cause__ is not None:
        return ApiError(400, "The body can't be read as JSON.", code="invalid_json")
    return ApiError(error.status_code, str(error.detail), headers=dict(error.headers or {}))
