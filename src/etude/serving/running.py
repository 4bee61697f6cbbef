"""The server as a process: it listens, and when it is asked to stop it finishes what is running."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from etude.errors import UsageError
from etude.serving.app import make_app
from etude.serving.config import ServingConfig
from etude.serving.keys import check_door
from etude.serving.services import Services, make_services
from etude.serving.standing import check_models

BACKLOG = 2048
"""Connections that may wait to be taken."""
THREADS = 32
"""For what waits: the database, files, models that load elsewhere."""


@dataclass
class Server:
    """One server over one folder, ready to listen."""

    services: Services
    app: FastAPI
    config: ServingConfig

    @classmethod
    def prepared(cls, root: Path, config: ServingConfig, say: Callable[[str], None]) -> Server:
        """Everything but listening.

        Raises:
            UsageError: the address is open and there are no keys, TLS is half given or wrong, or a
                model that a name stands for is not there.
            StoreError: the folder can't be read or written.
        """
        _check_tls(config)
        check_models(root, config)
        services = make_services(root, config, say)
        try:
            check_door(services)
            return cls(services, make_app(services), config)
        except BaseException:
            services.store.close()
            raise

    def run(self, opened: Callable[[str], None] | None = None) -> None:
        """Listen until SIGINT or SIGTERM. ``opened`` is told the address once it answers.

        Raises:
            UsageError: the address is taken, or is none of this machine.
        """
        with _listening(self.config) as (listener, address):
            settings = self._settings()
            with asyncio.Runner(loop_factory=settings.get_loop_factory()) as runner:
                server = uvicorn.Server(settings)
                # uvicorn ends in good order at Ctrl-C, and raises it again when it is done.
                with contextlib.suppress(KeyboardInterrupt):
                    runner.run(self._serve(server, listener, address, opened))

    def _settings(self) -> uvicorn.Config:
        config = self.config
        # What uvicorn says of itself is for its authors; errors of requests are logged by the app.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        return uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(config.limits.grace_seconds)),
            ssl_certfile=config.tls_cert,
            ssl_keyfile=config.tls_key,
            lifespan="on",
        )

    async def _serve(
        self,
        server: uvicorn.Server,
        listener: socket.socket,
        address: str,
        opened: Callable[[str], None] | None,
    ) -> None:
        # By default a small machine has six, and six models that load would keep keys waiting.
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="short")
        asyncio.get_running_loop().set_default_executor(threads)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not (server.started or serving.done()):
            await asyncio.sleep(0.01)
        if server.started and opened is not None:
            opened(address)
        await serving


def _check_tls(config: ServingConfig) -> None:
    for path, option in ((config.tls_cert, "tls_cert"), (config.tls_key, "tls_key")):
        if path is not None and not path.is_file():
            raise UsageError(
                "there is no such file", where=f"{option} {path}", expected="a PEM file"
            )
    if (config.tls_cert is None) != (config.tls_key is None):
        raise UsageError(
            "a certificate and its key belong together",
            where="tls_cert, tls_key",
            hint="--tls-cert FILE --tls-key FILE",
        )
    if config.tls_cert is None or config.tls_key is None:
        return
    try:
        # Without a password nobody is asked for one in the middle of a start.
        pair = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pair.load_cert_chain(config.tls_cert, config.tls_key, password="")
    except OSError as error:
        mismatch = "mismatch" in str(error).lower()
        raise UsageError(
            "the key is not this certificate's" if mismatch else "they can't be read as PEM",
            where=f"tls_cert {config.tls_cert}, tls_key {config.tls_key}",
            expected="a certificate and its own key, without a password",
        ) from error


@contextlib.contextmanager
def _listening(config: ServingConfig) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens, and the address to call."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # By its full name, or asyncio does not see that it is TCP and leaves Nagle's algorithm on, which
    # holds an answer's second packet back for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((config.host, config.port))
        except OSError as error:
            raise UsageError(
                f"can't listen there: {error.strerror or error}",
                where=f"{config.host}:{config.port}",
                hint=f"another port: --port {config.port + 1 if config.port < 65535 else 0}",
            ) from error
        listener.listen(BACKLOG)
        listener.setblocking(False)
        yield listener, _address(config, listener.getsockname()[1])
    finally:
        listener.close()


def _address(config: ServingConfig, port: int) -> str:
    scheme = "https" if config.tls_cert else "http"
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"{scheme}://{host}:{port}"
