"""From what a name stands for to something that answers or embeds: verified, loaded, ready.

Loading happens in threads; a model that several names stand on is loaded once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from etude.errors import ModelError
from etude.models._base import Embedder, Model
from etude.models.openai import EndpointModel
from etude.records.tuning import TunedModel
from etude.releases.loading import Release, Surroundings, load
from etude.releases.shelf import SHORT
from etude.serving.answering._base import Answerer
from etude.serving.answering.embedding import Embedding
from etude.serving.answering.labels import Labels
from etude.serving.answering.verbatim import Verbatim
from etude.serving.answering.writing import Written, asking, asks
from etude.serving.config import ServingConfig
from etude.serving.engines._base import Engine
from etude.serving.engines.endpoint import EndpointEngine
from etude.serving.names import Target
from etude.serving.pool import Pool
from etude.store import Store

A = TypeVar("A")
B = TypeVar("B")
LOADING = 2
"""Things that are loaded at once."""
EngineOf = Callable[[Model], Awaitable[Engine]]
"""The engine of a language model on this machine or of an endpoint, ready to answer."""


async def engine_of(model: Model) -> Engine:
    """The engine that computes a model in this process.

    Raises:
        ModelError: it can't be loaded, or there is no engine for such a model.
    """
    if isinstance(model, EndpointModel):
        return EndpointEngine(model.name, model.settings)
    # Late, for it brings torch: a server of endpoints alone needs none.
    from etude.models._causal import CausalModel
    from etude.serving.engines.local import LocalEngine

    if not isinstance(model, CausalModel):
        raise ModelError(
            f"{model.name} can't be served: nothing here computes its answers",
            expected="a language model on this machine, or an endpoint",
        )
    engine = LocalEngine(model.name, lambda: model)
    await engine.ready()
    return engine


def engines_of(config: ServingConfig) -> EngineOf:
    """What computes models, as the settings say: in this process or vLLM's, each for itself or those
    on one base together."""
    if config.engine != "vllm" and not config.share_bases:
        return engine_of
    from etude.models._causal import CausalModel
    from etude.serving.engines.shared import SharedBases
    from etude.serving.engines.vllm import Vllms

    engines = Vllms(config.vllm) if config.engine == "vllm" else SharedBases()

    async def together(model: Model) -> Engine:
        if not isinstance(model, CausalModel):
            return await engine_of(model)
        return await engines.engine(model)

    return together


@dataclass
class Opened:
    """What a name stands for, opened. One of the two is None: a model answers or embeds."""

    answerer: Answerer | None = None
    embedding: Embedding | None = None
    done: Callable[[], None] = lambda: None
    """Gives back what it stands on."""

    async def close(self) -> None:
        """Free what it holds; nobody uses it any more."""
        if self.answerer is not None:
            await self.answerer.close()
        if self.embedding is not None:
            await self.embedding.embed.close()
        self.done()


class Opener:
    """Opens what names stand for, in one served folder.

    Args:
        store: of the folder.
        around: how models are opened there.
        config: how long answers may be.
        engine_of: what computes a language model.
        say: shows a line to whoever started the server.
    """

    def __init__(
        self,
        store: Store,
        around: Surroundings,
        config: ServingConfig,
        engine_of: EngineOf,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._store = store
        self._around = around
        self._config = config
        self._engine_of = engine_of
        self._say = say
        self._engines: Pool[Engine] = Pool(most=0)  # an engine lives as long as what stands on it
        # Loading takes long: threads of its own, so that nothing short waits behind it.
        self._threads = ThreadPoolExecutor(LOADING, thread_name_prefix="loading")

    async def open(self, target: Target) -> Opened:
        """The thing itself; takes as long as loading does.

        Raises:
            StoreError: a file of a release is damaged, missing or added.
            ModelError: a model can't be had, or is another one than a release was made with.
        """
        if target.kind == "release":
            return await self._release(target)
        model = await self._in_thread(self._model, target)
        if isinstance(model, Embedder):
            return Opened(embedding=Embedding(model))
        engine = await self._engine(model)
        here = target.reference is None or target.reference.openai is None
        most = self._config.limits.max_tokens if here else None
        name = target.key if target.kind == "tuned" else None
        return Opened(Verbatim(engine, name, most), done=lambda: self._give(model))

    async def close(self) -> None:
        """Close the engines; everything that stood on them is closed."""
        await self._engines.close()
        self._threads.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[A], B], given: A) -> B:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, given)

    async def _release(self, target: Target) -> Opened:
        release = await self._in_thread(self._loaded, target)
        for notice in release.notices:
            self._say(f"{target.key[:SHORT]}: {notice}")
        return await self.behind(release)

    async def behind(self, release: Release) -> Opened:
        """A release that was loaded, with what computes it behind it.

        Raises:
            StoreError: its scorecard can't be read.
            ModelError: there is no engine for its model.
        """
        if not asks(release.candidate):
            return Opened(await self._in_thread(Labels, release))
        candidate = asking(release.candidate)
        model = getattr(candidate, "model", candidate.context.model)
        if isinstance(model, EndpointModel):
            self._say(f"{release.name[:SHORT]}: what it is asked is sent to {model.host}.")
        engine = await self._engine(model)
        try:
            written = await self._in_thread(partial(Written, release), engine)
        except BaseException:
            self._give(model)
            raise
        return Opened(written, done=lambda: self._give(model))

    def _loaded(self, target: Target) -> Release:
        return load(self._store.releases.folder / target.key, self._around)

    def _model(self, target: Target) -> Model:
        if target.tuned is not None:
            return self._tuned(target.tuned)
        if target.reference is None:
            raise TypeError(f"{target.key} names no model")
        return self._around.opening(target.reference)

    def _tuned(self, tuned: TunedModel) -> Model:
        model: Any = self._around.opening(tuned.reference)
        for path in (tuned.start, tuned.path):
            if path is not None:
                model = model.tuned(self._store.folder / path)
        found: Model = model
        return found

    async def _engine(self, model: Model) -> Engine:
        return await self._engines.take(model.fingerprint, lambda: self._engine_of(model))

    def _give(self, model: Model) -> None:
        self._engines.give(model.fingerprint)
