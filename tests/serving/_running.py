"""A server that really listens on this machine, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import openai
import uvicorn

from etude.serving.app import make_app
from etude.serving.services import Services

START_SECONDS = 30.0


@contextmanager
def running(services: Services) -> Iterator[str]:
    """Its address. The services stop with it."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        settings = uvicorn.Config(
            make_app(services),
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=3,
        )
        server = uvicorn.Server(settings)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        _wait(server, thread)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server takes too long to start"
        time.sleep(0.01)


def client_of(url: str, **more: object) -> openai.OpenAI:
    """The official client, which does not try again by itself."""
    given = {"api_key": "any", "max_retries": 0, "timeout": 20.0} | more
    return openai.OpenAI(base_url=f"{url}/v1", **given)  # type: ignore[arg-type]
