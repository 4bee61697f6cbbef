"""The server on a socket of this machine, in a thread, for clients that know nothing of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import openai
import uvicorn

from etude.jobs import worker
from etude.serving.app import make_app
from etude.serving.services import Services
from etude.store import Store


@contextmanager
def live(services: Services) -> Iterator[str]:
    """The address of the API, while the block runs."""
    config = uvicorn.Config(make_app(services), log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        thread.join(timeout=20)


def client(address: str) -> openai.OpenAI:
    """OpenAI's own client, told of nothing but the address."""
    return openai.OpenAI(base_url=address, api_key="any", max_retries=0)


@contextmanager
def working(store: Store) -> Iterator[None]:
    """A worker in this process, which has imported everything already."""
    shutdown = threading.Event()
    thread = threading.Thread(target=worker.work, args=(store, shutdown))
    thread.start()
    try:
        yield
    finally:
        shutdown.set()
        thread.join(timeout=60)
