"""One base model in memory for all adapters on it; each pass is computed with one of them.

The adapters stay unmerged, in PEFT's own layers around the base's weights, and are switched on and
off between passes. It knows one base; who keeps how many is others' business.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from etude.models import _causal_files as files
from etude.models._answering import Answering
from etude.models._auto import library
from etude.models._causal import CausalModel
from etude.models.generation.engine import Engine, make_engine


@dataclass(frozen=True)
class OnBase:
    """A model on a shared base, loaded; ``adapter``: its name there, None for the base itself."""

    answering: Answering
    adapter: str | None

    @contextmanager
    def driven(self) -> Iterator[Answering]:
        """As ``CausalModel.driven``; the base's other models take their turns between passes."""
        yield self.answering


class SharedBase:
    """The weights that several models stand on; loaded with the first of them.

    Args:
        model: any of them.
    """

    def __init__(self, model: CausalModel) -> None:
        self.folder, self.dtype, self.device = model.folder, model.dtype, model.device
        self._turn = threading.RLock()
        self._names = count()
        self._layers: list[Any] = []
        self._on: str | None = None

    def opened(self, model: CausalModel) -> OnBase | None:
        """A model on this base; None where it can't be computed so, and must be loaded by itself.

        Raises:
            ModelError: the weights can't be loaded.
            MissingDependency: PEFT is not installed.
        """
        with self._turn:
            base = self._engine
            if base is None or not _can_be_switched(model.adapter):
                return None
            name = None if model.adapter is None else f"adapter{next(self._names)}"
            if name is not None and model.adapter is not None:
                self._add(base.module, name, model.adapter)
            engine, module = base.within(lambda: self._with(name)), base.module
            return OnBase(Answering(model.name, module, model.format, model.window, engine), name)

    def drop(self, one: OnBase) -> None:
        """Let go of a model's adapter; nothing is computed with it any more."""
        if one.adapter is not None:
            with self._turn:
                self._delete(one.adapter)

    @cached_property
    def _engine(self) -> Engine | None:
        module = files.load_module(self.folder, None, self.dtype)
        return make_engine(module.to(self.device).eval(), library())[0]

    def _add(self, module: Any, name: str, adapter: Path) -> None:
        whole = False
        try:
            files.add_adapter(module, adapter, name)
            whole = True
        finally:
            self._layers = files.adapter_layers(module)
            if not whole:
                self._delete(name)
            self._switch(None)

    def _delete(self, name: str) -> None:
        with warnings.catch_warnings(action="ignore"):
            for layer in self._layers:
                layer.delete_adapter(name)
        self._switch(None)  # PEFT leaves another one on

    @contextmanager
    def _with(self, name: str | None) -> Iterator[None]:
        """Nobody else's turn, with this adapter on."""
        with self._turn:
            if name != self._on:
                self._switch(name)
            yield

    def _switch(self, name: str | None) -> None:
        for layer in self._layers:
            layer.enable_adapters(name is not None)
            if name is not None:
                layer.set_adapter(name)
        self._on = name


def _can_be_switched(adapter: Path | None) -> bool:
    """Whether an adapter is low-rank parts alone, with no copies of whole layers beside them."""
    if adapter is None:
        return True
    said = files.read_json(adapter / files.ADAPTER)
    more = ("modules_to_save", "trainable_token_indices")
    plain = said.get("bias", "none") == "none" and not any(said.get(name) for name in more)
    return said.get("peft_type") == "LORA" and plain
