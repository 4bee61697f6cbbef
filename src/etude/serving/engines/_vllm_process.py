"""A vLLM server that is started beside this one: begun, watched, begun again, stopped.

It listens on this machine alone, behind a key that is made for it, sends no usage reports, and
serves one base model with the adapters that it is told of. It ends with this server, also where that is
killed (``_leash``). It knows processes and no answers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from etude.errors import MissingDependency, ModelError
from etude.serving.config import Vllm
from etude.serving.engines._base import EngineDown

BASE = "base"
"""Name of the base model itself."""
RANK = 64
"""Of the largest adapter that it takes; ``arguments`` in ``serve.yaml`` may say another."""
RESTARTS = 3
"""Times that a server that has died is begun again; who lived for long has died for the first time."""
LONG_S = 600.0
STOP_S = 20.0
"""A server that is asked to end and has not after this is killed."""
PATIENCE_S = 60.0
"""How long an adapter may take to load."""
LEASH = str(Path(__file__).with_name("_leash.py"))
SAID = 30
"""Last lines of its output that are kept, for whoever runs the server."""
_log = logging.getLogger(__name__)


class VllmProcess:
    """One vLLM server.

    Args:
        folder: of the base model.
        settings: how it is called.
        port: where it listens, on this machine alone.
    """

    def __init__(self, folder: Path, settings: Vllm, port: int) -> None:
        self.folder = folder
        self.settings = settings
        self.port = port
        self.key = secrets.token_urlsafe(32)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._up = False
        self._stopping = False
        self._adapters: dict[str, asyncio.Task[None]] = {}
        self._said: deque[str] = deque(maxlen=SAID)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Begin it, and wait until it answers.

        Raises:
            MissingDependency: there is no such command.
            ModelError: it ends or is silent before it answers, or its port is taken.
        """
        try:
            await self._launch()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End it, and what it has begun."""
        self._stopping, self._up = True, False
        if self._watch is not None:
            self._watch.cancel()
        process = self._process
        if process is None or process.returncode is not None:
            return
        _signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await process.wait()

    async def ready_for(self, name: str, adapter: Path | None) -> None:
        """Wait until an adapter is loaded under this name, which never stands for another one.

        Raises:
            EngineDown: the server is not up, or can't load it.
        """
        if not self._up:
            raise EngineDown("The model's process is not running; it may be starting again.")
        if adapter is None:
            return
        loading = self._adapters.get(name)
        if loading is None:
            loading = self._adapters[name] = asyncio.create_task(self._load(name, adapter))
        try:
            await asyncio.shield(loading)
        except ModelError as error:
            if self._adapters.get(name) is loading:
                del self._adapters[name]
            _log.error("%s", error)
            raise EngineDown("The model's process could not load it.") from error

    async def forget(self, name: str) -> None:
        """Let go of an adapter, where it is loaded."""
        if self._adapters.pop(name, None) is not None and self._up:
            await self._post("/v1/unload_lora_adapter", {"lora_name": name})

    async def _load(self, name: str, adapter: Path) -> None:
        said = {"lora_name": name, "lora_path": str(adapter.resolve())}
        status, words = await self._post("/v1/load_lora_adapter", said)
        if status != 200 and "already" not in words:
            raise ModelError(f"vLLM can't load the adapter ({status}): {words[:300]}")

    async def _post(self, path: str, body: Mapping[str, str]) -> tuple[int, str]:
        return await asyncio.to_thread(self._ask, path, json.dumps(body).encode())

    def _ask(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        """Status and words of one request; status 0 where nobody answers."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 - http alone
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")
        except OSError as error:
            return 0, str(error)

    def _command(self) -> list[str]:
        return [
            *self.settings.command,
            str(self.folder),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--served-model-name", BASE),
            *("--enable-lora", "--max-lora-rank", str(RANK)),
            *self.settings.arguments,
        ]

    async def _launch(self) -> None:
        await asyncio.to_thread(_check_free, self.port)
        self._said.clear()
        command = self._command()
        if shutil.which(command[0]) is None:
            raise MissingDependency(
                f"vLLM can't be started: there is no command {command[0]}",
                where="serve.yaml, vllm, command",
                hint="pip install vllm, or engine: transformers",
            )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", LEASH),
            *command,
            env=os.environ | _environment(self.key),
            stdin=asyncio.subprocess.PIPE,  # closes with this server, however it ends
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for this server, which then ends that one
        )
        self._process = process
        listening = asyncio.create_task(self._listen(process))
        until = time.monotonic() + self.settings.start_seconds
        pause = 0.05
        while (await asyncio.to_thread(self._ask, "/health"))[0] != 200:
            if process.returncode is not None:
                await listening
                raise self._failed(f"vLLM ended with code {process.returncode}")
            if time.monotonic() > until:
                raise self._failed(f"vLLM did not answer within {self.settings.start_seconds:g} s")
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)
        self._up = True

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # a line longer than the buffer
                continue
            if not line:
                return
            self._said.append(line.decode("utf-8", "replace").rstrip())

    def _failed(self, what: str) -> ModelError:
        last = "\n".join(self._said)
        return ModelError(
            f"{what}; its last words:\n{last}" if last else what,
            where=" ".join(self._command()),
            hint="try the same command by hand; vllm: in serve.yaml takes arguments",
        )

    async def _keep(self) -> None:
        """Begin it again whenever it dies, but not for ever."""
        deaths = 0
        while self._process is not None:
            born = time.monotonic()
            code = await self._process.wait()
            self._up = False
            self._adapters.clear()
            if self._stopping:
                return
            deaths = 1 if time.monotonic() - born > LONG_S else deaths + 1
            _log.error("vLLM died (code %s):\n%s", code, "\n".join(self._said))
            _signal(self._process, signal.SIGKILL)  # what it began and left behind
            if deaths > RESTARTS:
                _log.error("vLLM is not started again: it died %d times in a row", deaths)
                return
            await asyncio.sleep(0.1 * 2**deaths)
            try:
                await self._launch()
            except ModelError as error:
                _log.error("%s", error)
                if self._process.returncode is None:
                    _signal(self._process, signal.SIGKILL)


def _environment(key: str) -> dict[str, str]:
    return {
        "VLLM_API_KEY": key,
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
    }


def _signal(process: asyncio.subprocess.Process, what: signal.Signals) -> None:
    """To the process and all that it began: they are a group of their own."""
    try:
        os.killpg(process.pid, what)
    except (ProcessLookupError, PermissionError):
        return


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ModelError(
                f"port {port}, where vLLM is to listen, is taken",
                where="serve.yaml, vllm, port",
                hint="name another port, or end what listens there",
            ) from error
