"""Who may call: keys, scopes, revoking, and pages of other hosts that call this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import openai
import pytest
from starlette.datastructures import Headers

from etude.errors import UsageError
from etude.records.api_key import SCOPES, Scope
from etude.serving import keys
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.keys import Keyring, check_door
from etude.serving.services import make_services
from etude.store.api_keys import PREFIX

from ._inside import app_of, bearer, call, keys_of, official, serving


def test_on_this_machine_without_keys_anyone_may_do_everything(tmp_path: Path) -> None:
    app = app_of(serving(tmp_path))
    for path in ("/infer", "/tune", "/admin"):
        plain, with_key = call(app, {"url": path}, {"url": path, "headers": bearer("sk-anything")})
        assert plain.status_code == with_key.status_code == 200
        assert with_key.json() == {"key": None}


def test_no_page_brings_scripts_of_others(tmp_path: Path) -> None:
    answers = call(app_of(serving(tmp_path)), {"url": "/docs"}, {"url": "/redoc"}, {"url": "/"})
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_only_this_machine_may_be_named(tmp_path: Path) -> None:
    """A name that was made to point here, and pages of other hosts."""
    app = app_of(serving(tmp_path))
    foreign = ["evil.example", "127.0.0.1.evil.example", "", "[::1", "10.0.0.1"]
    pages = ["https://evil.example", "null", "http://localhost.evil.example:3000"]
    here = ["http://localhost:3000", "http://[::1]:5000"]
    bad = [{"Host": host} for host in foreign] + [{"Origin": page} for page in pages]
    for answer in call(app, *({"url": "/tune", "headers": headers} for headers in bad)):
        assert answer.status_code == 403, answer.request.headers
        assert answer.json()["error"]["code"] == "foreign_host"
    for answer in call(app, *({"url": "/tune", "headers": {"Origin": page}} for page in here)):
        assert answer.status_code == 200


def test_once_a_key_was_made_one_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FRESH", -1.0)
    app = app_of(serving(tmp_path))
    assert call(app, {"url": "/infer"})[0].status_code == 200
    key, secret = keys_of(tmp_path).create("ann", ["infer"])
    none, wrong, right = call(
        app,
        {"url": "/infer"},
        {"url": "/infer", "headers": bearer(secret[:-1] + "~")},
        {"url": "/infer", "headers": bearer(secret) | {"Host": "models.example"}},
    )
    assert none.status_code == wrong.status_code == 401
    for refused in (none, wrong):
        assert refused.json()["error"] | {"message": ""} == {
            "message": "",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_api_key",
        }
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.headers["x-request-id"]
        assert secret[len(PREFIX) : -1] not in refused.text
    assert right.json() == {"key": key.id}
    keys_of(tmp_path).revoke("ann")
    answers = call(app, {"url": "/infer"}, {"url": "/infer", "headers": bearer(secret)})
    assert [answer.status_code for answer in answers] == [401, 401]


def test_a_key_opens_its_scopes(tmp_path: Path) -> None:
    opens: dict[Scope, set[str]] = {
        "infer": {"infer"},
        "tune": {"tune"},
        "admin": {"infer", "tune", "admin"},
    }
    keys = {scope: keys_of(tmp_path).create(scope, [scope])[1] for scope in opens}
    app = app_of(serving(tmp_path))
    for scope, secret in keys.items():
        for asked in SCOPES:
            (answer,) = call(app, {"url": f"/{asked}", "headers": bearer(secret)})
            assert answer.status_code == (200 if asked in opens[scope] else 403)
            if answer.status_code == 403:
                assert f"Missing scopes: {asked}" in answer.json()["error"]["message"]


def test_the_official_client_raises_its_own_errors(tmp_path: Path) -> None:
    _, secret = keys_of(tmp_path).create("k", ["infer"], requests_per_minute=2)
    app = app_of(serving(tmp_path))

    async def wrong(client: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.get("/../infer", cast_to=object)
        assert caught.value.code == "invalid_api_key"

    async def right(client: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.PermissionDeniedError):
            await client.get("/../admin", cast_to=object)
        assert await client.get("/../infer", cast_to=object)
        with pytest.raises(openai.RateLimitError) as caught:
            await client.get("/../infer", cast_to=object)
        assert 1 <= int(caught.value.response.headers["retry-after"]) <= 30

    official(app, wrong, key="sk-etude-wrong")
    official(app_of(serving(tmp_path)), right, key=secret)


def test_a_look_up_is_believed_for_seconds_only(tmp_path: Path) -> None:
    made, now = keys_of(tmp_path), [0.0]
    _, secret = made.create("k", ["infer"])
    ring = Keyring(made, loopback=False, clock=lambda: now[0])
    headers = Headers(bearer(secret))
    assert asyncio.run(ring.caller(headers)).may("infer")
    made.revoke("k")
    now[0] = keys.FRESH
    assert asyncio.run(ring.caller(headers)).key
    now[0] = keys.FRESH + 0.1
    with pytest.raises(ApiError, match="Incorrect API key"):
        asyncio.run(ring.caller(headers))


def test_an_open_address_needs_a_key_and_warns_without_tls(tmp_path: Path) -> None:
    said: list[str] = []
    services = make_services(tmp_path, ServingConfig(host="0.0.0.0"), said.append)
    with pytest.raises(UsageError) as caught:
        check_door(services)
    assert caught.value.hint == "etude keys create NAME"
    keys_of(tmp_path).create("k", ["infer"])
    check_door(services)
    assert len(said) == 1
    assert "unencrypted" in said[0]
    keys_of(tmp_path).revoke("k")
    with pytest.raises(UsageError):
        check_door(services)
    check_door(make_services(tmp_path, ServingConfig(), said.append))  # this machine alone
    assert len(said) == 1
