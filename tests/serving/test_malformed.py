"""Bodies that nobody means: cut, mixed up, of the wrong types, deep, long, no JSON, no UTF-8.

Ten thousand of them in ``make soak``, some hundreds here: no 500, no hang, no path of this machine and
no key in an answer, and the server answers a plain question afterwards.
"""

from __future__ import annotations

import http.client
import json
import random
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.serving.conftest import Site

CHAT = {
    "model": "small",
    "messages": [{"role": "user", "content": "hello"}],
    "max_tokens": 4,
    "temperature": 0,
    "stop": ["x"],
    "stream": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}},
    "logprobs": True,
    "top_logprobs": 2,
    "seed": 1,
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": {"model": "small", "prompt": "hello", "max_tokens": 4, "stop": ["x"]},
    "/v1/responses": {"model": "small", "input": "hello", "text": {"format": {"type": "text"}}},
    "/v1/embeddings": {"model": "words", "input": ["a", "b"], "encoding_format": "base64"},
    "/v1/fine_tuning/jobs": {
        "model": "gpt-4.1-mini",
        "training_file": "file-abc",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
        "metadata": {"a": "b"},
    },
    "/v1/batches": {
        "input_file_id": "file-abc",
        "endpoint": "/v1/embeddings",
        "completion_window": "24h",
    },
    "/v1/feedback": {"response_id": "r", "name": "n", "annotator_kind": "HUMAN", "result": {}},
    "/v1/webhook_endpoints": {"url": "https://example.com/x", "name": "n", "events": []},
}
ODD: list[Any] = [
    None, True, -1, 0, 1e308, 2**63, 2**64, "", "\x00", "\ud800", "a" * 70_000, [], {}, [[]], [{}],
    {"": ""}, "../../etc/passwd", "ft:../x", "file-../../x", "{{7*7}}", "' OR 1=1 --", [None] * 100,
]  # fmt: skip
NOT_JSON = [b"", b"{", b"null", b"[]", b'"x"', b"NaN", b"\xff\xfe", b'{"a":1}{"b":2}', b"\x00" * 64]


def body(chance: random.Random, plain: dict[str, Any]) -> bytes:
    """A plain body with something wrong with it."""
    kind = chance.randrange(6)
    if kind == 0:
        return chance.choice(NOT_JSON)
    if kind == 1:
        return b'{"model":' + b"[" * chance.choice([10, 3_000, 60_000])
    made = json.loads(json.dumps(plain))
    text = json.dumps(made).encode()
    if kind == 2:
        return text[: chance.randrange(len(text))]
    if kind == 3:
        place = chance.randrange(len(text))
        return text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :]
    spoil(chance, made)
    return json.dumps(made).encode()


def spoil(chance: random.Random, made: Any) -> None:
    """Replace, remove or add something, somewhere in it."""
    while True:
        places: list[Any] = list(made) if isinstance(made, dict) else list(range(len(made)))
        place = chance.choice(places)
        inside = made[place]
        if not (isinstance(inside, dict | list) and inside and chance.random() < 0.6):
            break
        made = inside
    if isinstance(made, dict) and chance.random() < 0.2:
        made[chance.choice(["", "x" * 300, "__proto__", "model"])] = chance.choice(ODD)
    elif isinstance(made, dict) and chance.random() < 0.2:
        del made[place]
    else:
        made[place] = chance.choice(ODD)


def sent(site: Site, count: int, seed: int) -> None:
    chance = random.Random(seed)
    address = urlsplit(site.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    headers = {"content-type": "application/json", "authorization": "Bearer sk-etude-very-secret"}
    secrets = (str(site.services.root), "very-secret", "Traceback", "site-packages")
    for _ in range(count):
        path = chance.choice(list(BODIES))
        said = body(chance, BODIES[path])
        connection.request("POST", path, said, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        shown = f"{path} {said[:300]!r}: {response.status} {text[:300]}"
        assert response.status < 500, shown
        assert not any(word in text for word in secrets), shown
        if response.status >= 400:
            assert set(json.loads(text)["error"]) == {"message", "type", "param", "code"}, shown
    said = site.client.chat.completions.create(
        model="small", messages=[{"role": "user", "content": "still there"}]
    )
    assert said.choices[0].message.content == "You said: still there"


def test_some_hundred_malformed_bodies(site: Site) -> None:
    sent(site, 400, seed=1)


@pytest.mark.soak
def test_ten_thousand_malformed_bodies(site: Site) -> None:
    sent(site, 10_000, seed=2)
