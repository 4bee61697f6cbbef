"""What every request meets: a name, a limit on its body, and errors in one shape, whatever failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import Headers

from etude.errors import StoreError
from etude.serving.app import make_app
from etude.serving.config import Limits, ServingConfig
from etude.serving.engines._base import Busy, CannotDo, EngineDown, TooLong
from etude.serving.errors import ApiError
from etude.serving.middleware import name_of
from etude.serving.services import make_services

KEYS = {"message", "type", "param", "code"}
FAILURES: dict[str, Exception] = {
    "api": ApiError(409, "It is so.", code="conflict", param="x"),
    "long": TooLong("9 tokens, and the window has 8"),
    "cannot": CannotDo("no tools"),
    "busy": Busy("full", 2.4),
    "down": EngineDown("gone"),
    "store": StoreError("damaged", where="/secret/place"),
    "bug": RuntimeError("sk-etude-secret in /secret/place"),
}


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    limits = Limits(body_mb=0.001, upload_mb=0.01)
    made = make_app(make_services(tmp_path, ServingConfig(limits=limits, preload=False)))

    @made.post("/asked")
    async def asked(body: Asked) -> dict[str, int]:
        return {"n": body.n}

    @made.get("/fails/{how}")
    async def fails(how: str) -> None:
        raise FAILURES[how]

    return made


def call(app: FastAPI, method: str, path: str, **given: Any) -> httpx2.Response:
    async def one() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **given)

    return asyncio.run(one())


def error_of(response: httpx2.Response) -> dict[str, Any]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == KEYS
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize(
    ("how", "status", "code", "kind"),
    [
        ("api", 409, "conflict", "invalid_request_error"),
        ("long", 400, "context_length_exceeded", "invalid_request_error"),
        ("cannot", 400, "unsupported_value", "invalid_request_error"),
        ("busy", 429, "rate_limit_exceeded", "rate_limit_error"),
        ("down", 503, "engine_unavailable", "server_error"),
        ("store", 500, "internal_error", "server_error"),
        ("bug", 500, "internal_error", "server_error"),
    ],
)
def test_failures_have_one_shape(app: FastAPI, how: str, status: int, code: str, kind: str) -> None:
    response = call(app, "GET", f"/fails/{how}")
    error = error_of(response)
    assert (response.status_code, error["code"], error["type"]) == (status, code, kind)
    assert "secret" not in response.text
    if how == "busy":
        assert response.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b'{"n": 1', "invalid_json", None),
        (b'{"n": "one"}', "invalid_value", "n"),
        (b"{}", "missing_required_parameter", "n"),
        (b'{"n": 1, "m": 2}', "unknown_parameter", "m"),
        (b"", "missing_required_parameter", None),
        (b"\xff\xfe", "invalid_json", None),
    ],
)
def test_a_wrong_body_is_named(app: FastAPI, body: bytes, code: str, param: str) -> None:
    headers = {"content-type": "application/json"}
    response = call(app, "POST", "/asked", content=body, headers=headers)
    error = error_of(response)
    assert response.status_code == 400
    assert (error["code"], error["param"]) == (code, param)
    assert "None" not in error["message"]


def test_what_is_wrong_with_the_folder_is_a_line_of_the_log(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    call(app, "GET", "/fails/store")
    call(app, "GET", "/fails/bug")
    store, bug = caplog.records
    assert "/secret/place: damaged" in store.getMessage()
    assert store.exc_info is None
    assert bug.exc_info is not None


def test_unknown_paths_and_methods(app: FastAPI) -> None:
    response = call(app, "GET", "/v1/nothing")
    assert response.status_code == 404
    assert error_of(response)["code"] == "unknown_url"
    response = call(app, "PUT", "/asked")
    assert response.status_code == 405
    assert error_of(response)["code"] == "method_not_supported"
    assert response.headers["allow"] == "POST"


def test_a_large_body_is_refused_before_and_while_it_comes(app: FastAPI) -> None:
    said = b'{"n": ' + b"1" * 5000 + b"}"
    response = call(app, "POST", "/asked", content=said)
    assert response.status_code == 413
    assert error_of(response)["code"] == "request_too_large"

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(said), 100):
            yield said[start : start + 100]

    response = call(app, "POST", "/asked", content=pieces())
    assert response.status_code == 413


def test_every_request_has_a_name(app: FastAPI) -> None:
    first = call(app, "POST", "/asked", json={"n": 1}).headers["x-request-id"]
    second = call(app, "GET", "/fails/bug").headers["x-request-id"]
    assert first.startswith("req_")
    assert first != second
    own = call(app, "POST", "/asked", json={"n": 1}, headers={"x-request-id": "mine-1"})
    assert own.headers["x-request-id"] == "mine-1"
    clients = call(app, "POST", "/asked", json={"n": 1}, headers={"X-Client-Request-Id": "job-7.1"})
    assert clients.headers["x-request-id"] == "job-7.1"


SECRET = "sk-etude-" + "aB3_" * 10
THEIRS = "sk-proj-" + "kT7vQ2xLw9Zr4NfB1mYp8HsDc5Ju3GaE"


@pytest.mark.parametrize(
    "said", ["a b", "", "x" * 129, SECRET, f"job-{SECRET}", THEIRS, "short", "é"]
)
def test_what_is_odd_long_or_a_key_is_no_name_of_a_request(said: str) -> None:
    headers = Headers({"x-request-id": said, "authorization": "Bearer short"})
    assert name_of(headers).startswith("req_")
    kept = Headers({"x-request-id": said, "x-client-request-id": "mine"})
    assert name_of(kept) == ("short" if said == "short" else "mine")


def test_the_callers_own_key_is_no_name_of_a_request() -> None:
    key = "plain-and-long-key-of-theirs"
    assert name_of(Headers({"x-request-id": f"a.{key}", "authorization": f"Bearer {key}"})) != key
    id_of_a_trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    for name in ("any-1", id_of_a_trace, "8d0f0f5e-6c0c-4f6e-9d9a-0a5c0f5f3c1e"):
        assert name_of(Headers({"x-request-id": name, "authorization": "Bearer any"})) == name
