"""Adapters on one base, computed over one copy of it: one pass at a time, by turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from etude.models._causal import CausalModel
from etude.models._shared_base import OnBase, SharedBase
from etude.serving.engines._base import Engine
from etude.serving.engines.local import Driven, LocalEngine


class SharedEngine(LocalEngine):
    """A model on a shared base as an engine.

    Args:
        model: that is served.
        base: of the model.
        done: called when the engine is closed.
    """

    def __init__(self, model: CausalModel, base: SharedBase, done: Callable[[], None]) -> None:
        super().__init__(model.name, self._opened)
        self._model = model
        self._base = base
        self._done = done
        self._on_base: OnBase | None = None

    async def close(self) -> None:
        """Finish what is running; the base goes with the last model on it."""
        await super().close()
        if self._on_base is not None:
            await asyncio.to_thread(self._base.drop, self._on_base)
        self._done()

    def _opened(self) -> Driven:
        self._on_base = self._base.opened(self._model)
        return self._on_base or self._model


@dataclass
class _Held:
    base: SharedBase
    users: int = 0


class SharedBases:
    """The base models of a server, each in memory as long as a model stands on it."""

    def __init__(self) -> None:
        self._held: dict[tuple[object, ...], _Held] = {}

    async def engine(self, model: CausalModel) -> Engine:
        """The engine of a model, loaded.

        Raises:
            ModelError: it can't be loaded.
        """
        key = (model.folder, model.dtype, model.device)
        held = self._held.setdefault(key, _Held(SharedBase(model)))
        held.users += 1
        engine = SharedEngine(model, held.base, lambda: self._give(key))
        try:
            await engine.ready()
        except BaseException:
            await engine.close()
            raise
        return engine

    def _give(self, key: tuple[object, ...]) -> None:
        held = self._held[key]
        held.users -= 1
        if not held.users:
            del self._held[key]
