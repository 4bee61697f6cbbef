"""Requests a minute and tokens a day of one key, and what the headers say of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.test_traffic import served

from etude.records.api_key import ApiKey
from etude.serving.errors import ApiError
from etude.serving.keys import day
from etude.serving.limits import Rates
from etude.store.traffic import Traffic

from ._inside import app_of, bearer, call, keys_of, serving


def key(per_minute: int | None, name: str = "key_1") -> ApiKey:
    return ApiKey(
        id=name,
        name="n",
        scopes=("infer",),
        hint="abcd",
        created=0,
        requests_per_minute=per_minute,
    )


def test_a_bucket_empties_and_refills() -> None:
    now, headers = [100.0], dict[str, str]()
    rates = Rates(lambda: now[0])
    for left in (2, 1, 0):
        rates.take(key(3), headers)
        assert headers["x-ratelimit-remaining-requests"] == str(left)
        assert headers["x-ratelimit-limit-requests"] == "3"
    with pytest.raises(ApiError) as caught:
        rates.take(key(3), headers)
    assert caught.value.status == 429
    assert caught.value.headers["Retry-After"] == "20"
    assert headers["x-ratelimit-reset-requests"] == "60.000s"
    rates.take(key(3, "key_2"), headers)  # another's bucket is its own
    now[0] += 20
    rates.take(key(3), headers)
    with pytest.raises(ApiError):
        rates.take(key(3), headers)
    now[0] += 3600  # no more than a minute's worth is saved up
    for _ in range(3):
        rates.take(key(3), headers)
    with pytest.raises(ApiError):
        rates.take(key(3), headers)


def test_without_a_rate_nothing_is_counted_or_said() -> None:
    headers: dict[str, str] = {}
    for _ in range(1000):
        Rates(lambda: 0.0).take(key(None), headers)
    assert headers == {}


def test_a_day_s_tokens_end_also_after_a_restart(tmp_path: Path) -> None:
    made, secret = keys_of(tmp_path).create("k", ["infer"], tokens_per_day=10)
    ask = {"method": "POST", "url": "/v1/embeddings", "headers": bearer(secret), "json": {}}
    before = serving(tmp_path)
    answer = call(app_of(before), ask)[0]
    assert answer.headers["x-ratelimit-remaining-tokens"] == "10"
    assert answer.status_code != 429
    row = served("a", tokens_in=4, tokens_out=7, key=made.id, time=_noon())
    Traffic(before.store.database).add([row], 60)
    before.keyring.served(row)  # as the recorder tells it: noticed at once
    assert call(app_of(before), ask)[0].status_code == 429
    refused, free = call(
        app_of(serving(tmp_path)), ask, {"url": "/infer", "headers": bearer(secret)}
    )
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "insufficient_quota"
    assert refused.headers["x-ratelimit-remaining-tokens"] == "0"
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert free.status_code == 200  # what takes no tokens is open


def _noon() -> float:
    from datetime import datetime

    return datetime.fromisoformat(f"{day()}T12:00:00+00:00").timestamp()
