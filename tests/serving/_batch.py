"""An application that answers lines of batches, and what a test needs to run one to its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from etude.records.batch import OPEN, Batch
from etude.serving.batches import BatchRunner
from etude.serving.config import Limits
from etude.serving.keys import Keyring
from etude.store import Store
from etude.store.api_keys import ApiKeys
from etude.store.ids import made, now

CHAT = "/v1/chat/completions"
Answer = Callable[[str], Response | None]


def line(name: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return {"custom_id": name, "method": "POST", "url": CHAT, "body": body} | more


def lines(*said: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in said)


def echo(answer: Answer = lambda text: None) -> Starlette:
    """Answers with what it was sent; ``answer`` may answer otherwise."""

    async def chat(request: Request) -> Response:
        text = (await request.json())["messages"][-1]["content"]
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        said = {"choices": [{"message": {"content": text}}], "usage": usage}
        return answer(text) or JSONResponse(said, headers={"x-request-id": "req_1"})

    return Starlette(routes=[Route(CHAT, chat, methods=["POST"])])


def put(store: Store, content: bytes, **more: Any) -> Batch:
    file = store.files.write(content, purpose="batch", filename="in.jsonl")
    fields = {"id": made("batch_"), "created": now(), "endpoint": CHAT, "expires": now() + 60}
    return runner(store).batches.create(
        Batch.model_validate(fields | {"input_file": file.id} | more)
    )


def runner(store: Store, app: Any = None, running: int = 64) -> BatchRunner:
    keyring = Keyring(ApiKeys(store.database), loopback=True)
    made = BatchRunner(store, keyring, Limits(running=running))
    made.app = app or echo()
    return made


def finish(runner: BatchRunner, batch: Batch, seconds: float = 60) -> Batch:
    """The batch when it is over."""
    return asyncio.run(finished(runner, batch, seconds))


async def finished(runner: BatchRunner, batch: Batch, seconds: float = 60) -> Batch:
    await runner.start()
    try:
        async with asyncio.timeout(seconds):
            while (found := runner.batches.find(batch.id)) is None or found.status in OPEN:
                await asyncio.sleep(0.005)
    finally:
        await runner.stop()
    return found


def read(store: Store, file: str | None) -> list[dict[str, Any]]:
    assert file is not None
    return [json.loads(row) for row in Path(store.files.path(file)).read_text().splitlines()]
