"""Calling the application from inside its process: no socket, the same middlewares and routes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from etude.serving.door import CALLER
from etude.serving.keys import Caller


@dataclass(frozen=True)
class Reply:
    """What was answered; ``headers`` have small letters."""

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.content)


async def post(app: ASGIApp, path: str, body: bytes, caller: Caller) -> Reply:
    """``POST`` a JSON body on behalf of ``caller``, which is believed."""
    sent = False
    head: dict[str, Any] = {}
    chunks: list[bytes] = []

    async def receive() -> Message:
        nonlocal sent
        if sent:
            # The other side never hangs up; whoever no longer wants the answer cancels the task.
            return await _never()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    try:
        await app(_scope(path, len(body), caller), receive, send)
    except Exception:
        if not head:  # else it was answered with 500 and is told once more for a log
            raise
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head["headers"]}
    return Reply(head["status"], headers, b"".join(chunks))


async def _never() -> Message:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


def _scope(path: str, length: int, caller: Caller) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", str(length).encode()),
        ],
        "client": None,
        "server": ("localhost", 80),
        "state": {},
        CALLER: caller,
    }
