"""A server that is killed again and again under load keeps every promise that it made.

What it computes with is another server, in this process, so that it starts in a moment.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import openai
import pytest
import yaml
from tests.models._server import Server
from tests.serving._batch import CHAT, line, lines, read
from tests.serving.engines.test_endpoint import said as says

from etude.records.batch import Batch
from etude.store import Store
from etude.store.batches import Batches
from etude.store.feedback import Feedbacks
from etude.store.traffic import Traffic

MODEL = "far"


@dataclass(frozen=True)
class Load:
    """How often the server is killed, under how many clients, beside a batch of how many lines."""

    kills: int
    clients: int
    lines: int
    least: int
    """Answers that clients got in all, at least: else nothing was tried."""


@dataclass
class Promised:
    """What clients were told before the server was killed."""

    answers: set[str] = field(default_factory=set)
    feedback: set[str] = field(default_factory=set)
    batch: str = ""


async def started(root: Path) -> tuple[asyncio.subprocess.Process, str]:
    """A server of its own process, and its address."""
    command = [sys.executable, "-m", "etude.cli.main", "serve", "--port", "0", "--json", "--quiet"]
    server = await asyncio.create_subprocess_exec(
        *command, cwd=root, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert server.stdout is not None
    said = b""
    while not said.endswith(b"}\n"):
        piece = await asyncio.wait_for(server.stdout.readline(), 120)
        assert piece, f"the server ended: {said!r}"
        said += piece
    return server, json.loads(said)["address"]


async def ask(client: openai.AsyncOpenAI, number: int, promised: Promised) -> None:
    """Chats, plain and streamed, and feedback on each, until the server is gone."""
    asked = 0
    while True:
        asked += 1
        messages = [{"role": "user", "content": f"{number} {asked}"}]
        given = {"model": MODEL, "messages": messages, "max_tokens": 2}
        if asked % 2:
            name = (await client.chat.completions.create(**given)).id  # type: ignore[call-overload]
        else:
            events = await client.chat.completions.create(**given, stream=True)  # type: ignore[call-overload]
            name = [event.id async for event in events][-1]
        promised.answers.add(name)
        said = {"response_id": name, "name": "ok", "result": {"score": 1}}
        for _ in range(2):
            await client.post("/feedback", cast_to=object, body=said)
        promised.feedback.add(name)


async def under_load(
    url: str, promised: Promised, server: asyncio.subprocess.Process, clients: int
) -> None:
    async with openai.AsyncOpenAI(api_key="any", base_url=f"{url}/v1", max_retries=0) as client:
        tasks = [asyncio.create_task(ask(client, n, promised)) for n in range(clients)]
        before = len(promised.answers)
        while len(promised.answers) == before and not any(task.done() for task in tasks):
            await asyncio.sleep(0.05)  # until the model is opened
        await asyncio.sleep(random.uniform(0, 1.5))
        server.kill()
        failures = await asyncio.gather(*tasks, return_exceptions=True)
    # A connection that breaks is what a client sees of a kill; anything else is a fault.
    allowed = (openai.APIConnectionError, openai.APIError)
    assert all(isinstance(one, allowed) for one in failures), failures
    assert not any(isinstance(one, openai.APIStatusError) for one in failures), failures


async def killed_again_and_again(root: Path, promised: Promised, load: Load) -> Batch:
    for _ in range(load.kills):
        server, url = await started(root)
        await under_load(url, promised, server, load.clients)
        await server.wait()
    server, _ = await started(root)
    with Store.open(root) as store:
        async with asyncio.timeout(300):
            while (batch := Batches(store.database).find(promised.batch)) is not None:
                if batch.status == "completed":
                    break
                await asyncio.sleep(0.5)
    server.terminate()
    await server.wait()
    assert batch is not None
    return batch


@pytest.mark.parametrize(
    "load",
    [
        pytest.param(Load(1, 8, 40, 1), id="once"),
        pytest.param(Load(20, 64, 400, 100), id="twenty", marks=pytest.mark.soak),
    ],
)
def test_kills_lose_nothing(tmp_path: Path, load: Load) -> None:
    random.seed(11)
    promised = Promised()
    with Store.open(tmp_path) as store:
        said = (line(str(n), f"{n}") for n in range(load.lines))
        body = {"model": MODEL, "max_tokens": 2}
        content = lines(*(one | {"body": one["body"] | body} for one in said))
        file = store.files.write(content, purpose="batch", filename="in.jsonl")
        fields = {"id": "batch_1", "created": 1, "endpoint": CHAT, "expires": 2**40}
        made = Batch.model_validate(fields | {"input_file": file.id})
        promised.batch = Batches(store.database).create(made).id
    with Server(says) as far:
        model = {"openai": {"base_url": far.url, "model": "m", "concurrency": load.clients}}
        (tmp_path / "serve.yaml").write_text(yaml.safe_dump({"models": {MODEL: model}}))
        batch = asyncio.run(killed_again_and_again(tmp_path, promised, load))
    with Store.open(tmp_path) as store:
        rows = Counter(row.id for row in Traffic(store.database).newest(10**6))
        said, _ = Feedbacks(store.database).page(10**6)
        answers = [row["custom_id"] for row in read(store, batch.output_file)]
    assert len(promised.answers) >= load.least
    assert promised.answers <= set(rows)
    assert max(rows.values()) == 1
    assert promised.feedback <= {one.feedback.response_id for one in said}
    assert len({one.feedback.response_id for one in said}) == len(said)
    assert answers == [str(n) for n in range(load.lines)]
    assert (batch.counts.completed, batch.counts.failed) == (load.lines, 0)
