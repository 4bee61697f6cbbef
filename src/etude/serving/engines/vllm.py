"""vLLM as an engine: one process a base model, the adapters on that base served together.

Adapters have names that never change what they stand for, made of the model's fingerprint; aliases
are this server's business. Prompts go over as token ids, by the template that training used.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from etude.models._causal import CausalModel
from etude.records.task import OpenAIModel
from etude.serving.config import Vllm
from etude.serving.engines._base import Engine, Piece, Usage, Wanted
from etude.serving.engines._scored import check, chosen, seed_of
from etude.serving.engines._vllm_asked import Prompts, read_scores, scoring
from etude.serving.engines._vllm_process import BASE, VllmProcess
from etude.serving.engines.endpoint import EndpointEngine

CONCURRENCY = 256
SECONDS = 600.0
"""Longest answer that is waited for."""


class VllmEngine:
    """A model that a vLLM process serves: a base, or an adapter on it.

    Args:
        model: whose folder and adapter the process reads; it is not loaded here.
        process: of its base, started.
        done: called when the engine is closed.
    """

    def __init__(
        self, model: CausalModel, process: VllmProcess, done: Callable[[], Awaitable[None]]
    ) -> None:
        self.name = model.name
        self._adapter = model.adapter
        self._id = BASE if model.adapter is None else f"task-{model.fingerprint}"
        self._process = process
        self._done = done
        self._prompts = Prompts(model.format, model.window)
        settings = OpenAIModel(
            base_url=f"{process.url}/v1",
            model=self._id,
            concurrency=CONCURRENCY,
            timeout_s=SECONDS,
            max_retries=0,
        )
        key, put = process.key, self._prompts.arguments
        self._endpoint = EndpointEngine(self.name, settings, key=key, put=put)

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        """The answer, piece by piece; see ``Engine``."""
        await self._process.ready_for(self._id, self._adapter)
        if wanted.choices:
            yield await self._choose(wanted, wanted.choices)
            return
        async with aclosing(self._endpoint.generate(wanted)) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """Wait for the answers under way; the process goes with the last model on its base."""
        await self._endpoint.close()
        await self._process.forget(self._id)
        await self._done()

    async def _choose(self, wanted: Wanted, choices: tuple[str, ...]) -> Piece:
        """Every choice scored in full, as in this process."""
        check(wanted)
        answers = [self._prompts.format.target_ids(choice) for choice in choices]
        ids = self._prompts.ids(wanted, max(map(len, answers)))
        found = await self._endpoint.complete(scoring(self._id, ids, answers))
        scores = read_scores(found, answers)
        return chosen(wanted, scores, answers, seed_of(wanted), Usage(len(ids), 0))


@dataclass
class _Shared:
    """A process and how many engines stand on it."""

    port: int
    starting: asyncio.Task[VllmProcess]
    users: int = 0


class Vllms:
    """The vLLM processes of a server, one a base model, each as long as an engine stands on it.

    Args:
        settings: how they are called; each further base listens on the next port.
    """

    def __init__(self, settings: Vllm) -> None:
        self.settings = settings
        self._running: dict[Path, _Shared] = {}

    async def engine(self, model: CausalModel) -> Engine:
        """The engine of a model, its process started.

        Raises:
            MissingDependency: vLLM is not installed.
            ModelError: it can't be started with this base.
        """
        folder = model.folder
        shared = self._running.get(folder)
        if shared is None:
            port = self._free_port()
            shared = _Shared(port, asyncio.create_task(self._started(folder, port)))
            self._running[folder] = shared
        shared.users += 1
        try:
            process = await asyncio.shield(shared.starting)
            await asyncio.to_thread(lambda: model.format)  # reads the tokenizer
            return VllmEngine(model, process, lambda: self._give(folder, shared))
        except BaseException:
            await self._give(folder, shared)
            raise

    def _free_port(self) -> int:
        taken = {shared.port for shared in self._running.values()}
        return next(port for port in range(self.settings.port, 65536) if port not in taken)

    async def _started(self, folder: Path, port: int) -> VllmProcess:
        process = VllmProcess(folder, self.settings, port)
        await process.start()
        return process

    async def _give(self, folder: Path, shared: _Shared) -> None:
        shared.users -= 1
        if shared.users:
            return
        if self._running.get(folder) is shared:
            del self._running[folder]
        shared.starting.cancel()
        await asyncio.wait([shared.starting])
        if not shared.starting.cancelled() and shared.starting.exception() is None:
            await shared.starting.result().stop()
