"""Bodies that nobody means: cut, mixed up, of the wrong types, deep, long, no JSON, no UTF-8.

Ten thousand of them in ``make soak``, some hundreds here, uploads and lines of batches among them: no
500, no hang, no path of this machine and nothing of the caller's key in an answer, and the server
answers a plain question afterwards.
"""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.serving._batch import CHAT as CHAT_PATH
from tests.serving._batch import line
from tests.serving._engine import FakeEngine
from tests.serving._inside import keys_of, serving
from tests.serving._running import client_of, running
from tests.serving.conftest import with_fakes

from etude.records.batch import Batch
from etude.serving.batch_lines import checked, requests_of

TOLD = "batch.completed"
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
    "/v1/webhook_endpoints": {"url": "https://example.com/x", "name": "n", "event_types": [TOLD]},
}
FILES = "/v1/files"
BOUNDARY = "----between"
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


def upload(chance: random.Random) -> bytes:
    """A form with a file, something of which is odd; now and then it is cut."""
    purpose = chance.choice(["batch", "fine-tune", "../x", "", "\x00"])
    name = chance.choice(["a.jsonl", "../../etc/passwd", "a\x00", "x" * 3_000, ""])
    content = body(chance, line("a"))
    head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="'
    form = (
        f'{head}purpose"\r\n\r\n{purpose}\r\n{head}file"; filename="{name}"\r\n\r\n'.encode()
        + content
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    return form if chance.random() < 0.7 else form[: chance.randrange(len(form))]


def request_of(chance: random.Random) -> tuple[str, bytes, str]:
    """A path, a body, and what the body is called."""
    path = chance.choice([*BODIES, FILES])
    if path == FILES:
        return path, upload(chance), f"multipart/form-data; boundary={BOUNDARY}"
    return path, body(chance, BODIES[path]), "application/json"


@dataclass
class Keyed:
    """A server that asks for the key ``key``, which may do everything."""

    url: str
    root: Path
    key: str


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Keyed]:
    _, key = keys_of(tmp_path).create("all", ["admin"])
    models = {"small": "fake:small", "words": "fake:embedder"}
    tuning = {"workers": 0, "models": {"gpt-4.1-mini": "small"}}
    services = serving(tmp_path, models=models, tuning=tuning)
    with_fakes(services, FakeEngine())
    with running(services) as url:
        yield Keyed(url, tmp_path, key)


def sent(keyed: Keyed, count: int, seed: int) -> None:
    chance = random.Random(seed)
    address = urlsplit(keyed.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    secret = keyed.key.removeprefix("sk-etude-")
    secrets = (str(keyed.root), secret[:20], secret[-20:], "Traceback", "site-packages")
    for _ in range(count):
        path, said, kind = request_of(chance)
        wrong = chance.random() < 0.05  # a key that is nearly the one
        key = keyed.key[:-1] if wrong else keyed.key
        headers = {"content-type": kind, "authorization": f"Bearer {key}"}
        connection.request("POST", path, said, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        shown = f"{path} {said[:300]!r}: {response.status} {text[:300]}"
        assert response.status < 500, shown
        assert (response.status == 401) == wrong, shown
        assert not any(word in text for word in secrets), shown
        if response.status >= 400:
            assert set(json.loads(text)["error"]) == {"message", "type", "param", "code"}, shown
    answer = client_of(keyed.url, api_key=keyed.key).chat.completions.create(
        model="small", messages=[{"role": "user", "content": "still there"}]
    )
    assert answer.choices[0].message.content == "You said: still there"


def test_some_hundred_malformed_bodies(keyed: Keyed) -> None:
    sent(keyed, 400, seed=1)


@pytest.mark.soak
def test_ten_thousand_malformed_bodies(keyed: Keyed) -> None:
    sent(keyed, 10_000, seed=2)


def test_malformed_lines_of_a_batch_are_faults_or_requests(tmp_path: Path) -> None:
    chance, path = random.Random(3), tmp_path / "in.jsonl"
    kept = {"id": "b", "created": 1, "endpoint": CHAT_PATH, "input_file": "f", "expires": 2}
    fine = 0
    for number in range(150):
        path.write_bytes(body(chance, line(str(number))))
        found = checked(path, CHAT_PATH)
        for model in found.models or {None}:
            errors = tuple(found.errors)
            Batch.model_validate({**kept, "model": model, "errors": errors}).model_dump_json()
        if not found.errors:
            fine += len(list(requests_of(path)))
    assert 0 < fine < 150
