"""/v1/traffic: what was written down, read by admins alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.store.test_traffic import served

from ._inside import app_of, bearer, call, keys_of, serving


def test_rows_are_read_newest_first(tmp_path: Path) -> None:
    services = serving(tmp_path, recording={"text": True})

    async def record() -> None:
        for name in ("a", "b", "c"):
            await services.recorder.add(served(name, input="hello", tokens_in=2))

    asyncio.run(record())
    first, rest, one, none, wrong = call(
        app_of(services),
        {"url": "/v1/traffic?limit=2"},
        {"url": "/v1/traffic?after=b"},
        {"url": "/v1/traffic/a"},
        {"url": "/v1/traffic/x"},
        {"url": "/v1/traffic?after=x"},
    )
    assert [row["id"] for row in first.json()["data"]] == ["c", "b"]
    assert first.json()["has_more"] is True
    assert [row["id"] for row in rest.json()["data"]] == ["a"]
    assert rest.json()["has_more"] is False
    assert one.json()["input"] == "hello"
    assert one.json()["object"] == "served"
    assert (none.status_code, wrong.status_code) == (404, 404)


def test_admins_alone(tmp_path: Path) -> None:
    _, secret = keys_of(tmp_path).create("k", ["infer", "tune"])
    ask = {"headers": bearer(secret)}
    answers = call(
        app_of(serving(tmp_path)), {"url": "/v1/traffic"} | ask, {"url": "/v1/traffic/a"} | ask
    )
    assert [answer.status_code for answer in answers] == [403, 403]
