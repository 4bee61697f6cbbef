"""A causal language model in a folder as a model of ours: it chats, and it can be trained.

It joins the files (``_causal_files``), the chat format (``_chat_format``) and generation
(``generation``); how answers are asked for is in ``_answering``. It knows nothing of where the
folder came from.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from etude.errors import ModelError
from etude.models import _causal_files as files
from etude.models._answering import Answering
from etude.models._auto import library
from etude.models._base import Ability, ChatRequest, Completion
from etude.models._chat_format import TemplateFormat
from etude.models._fast import best_device, best_dtype
from etude.models._files import read_config
from etude.progress import Progress, Silent

SMALL = 50_000_000
"""Below so many parameters a CPU answers in float32: bfloat16 gains a third and costs exactness."""
VERSION = 2
"""Raised when the same weights and requests give other answers; part of every fingerprint."""


class CausalModel:
    """A language model on disk (``ChatModel``, ``TunableCausal``). Weights load on first use.

    The same requests give the same answers on the same machine. In float32 an answer does not
    depend on what is asked beside it, two tokens within rounding of each other excepted.

    Args:
        name: what people call it.
        folder: ``config.json``, safetensors and a tokenizer.
        adapter: a PEFT adapter for these weights, merged when they load.
        tokenizer: where the tokenizer is, if not in the folder.
        dtype: of the weights that answer; None: float32 for small models on a CPU, else
            bfloat16 where the processor has it.
        device: where it answers; None: the accelerator where there is one.

    Raises:
        MissingDependency: transformers is not installed.
        ModelError: the folder does not hold such a model.
    """

    abilities: frozenset[Ability] = frozenset({"chat", "tune_causal"})

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        adapter: Path | None = None,
        tokenizer: Path | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | None = None,
    ) -> None:
        library()
        self.name = name
        self.folder = folder
        self.adapter = adapter
        self.tokenizer_folder = tokenizer or folder
        self.config = read_config(folder)
        self.window = files.read_limits(self.tokenizer_folder, self.config)
        self.parameters = files.count_parameters(folder)
        self.device = device or best_device()
        self.dtype = dtype or _usual_dtype(self.device, self.parameters)
        self.fingerprint = files.fingerprint(
            folder,
            adapter,
            self.tokenizer_folder,
            f"{self.device.type} {self.dtype} causal{VERSION}",
        )
        self._lock = threading.RLock()

    @cached_property
    def format(self) -> TemplateFormat:
        """Its tokenizer and template."""
        tokenizer = files.load_tokenizer(self.tokenizer_folder)
        stops = files.read_stop_ids(self.folder, self.config)
        return TemplateFormat(tokenizer, self.name, stops)

    def load_module(self) -> Any:
        """A fresh trainable module on the CPU in float32, an adapter merged."""
        return files.load_module(self.folder, self.adapter, torch.float32)

    def tuned(self, folder: Path) -> CausalModel:
        """The same model with what training left in ``folder``; see ``TunableCausal``."""
        settings: dict[str, Any] = {"dtype": self.dtype, "device": self.device}
        home = files.best_folder([folder, self.tokenizer_folder], "tokenizer_config.json")
        if (folder / files.ADAPTER).is_file():
            if self.adapter is not None:
                raise ModelError(
                    f"{self.name} is an adapter already, and this folder holds another",
                    where=str(folder),
                    expected="an adapter trained on whole weights",
                    hint="merge the first adapter into the weights and train on those",
                )
            return CausalModel(self.name, self.folder, adapter=folder, tokenizer=home, **settings)
        return CausalModel(self.name, folder, tokenizer=home, **settings)

    @property
    def notices(self) -> tuple[str, ...]:
        """What people should know of how this model is run; loads it."""
        return (*self.format.notices, *self._answering.notices)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """Answers in the order of the requests; see ``ChatModel``.

        ``failure`` is "too_long" where a prompt leaves no room in the window, "unfinished_json"
        where ``max_tokens`` ends a JSON answer early. ``finish_reason`` is "stop" or "length".
        ``choice_probabilities`` are the softmax of the log-probabilities of the whole choices,
        the end of the turn included. ``seconds`` are a request's even share of each pass that it
        took part in.

        Raises:
            ModelError: the model can't be loaded, or a JSON schema can't be held.
        """
        if not requests:
            return []
        with self._lock:
            return self._answering.complete(requests, progress or Silent())

    @contextmanager
    def driven(self) -> Iterator[Answering]:
        """The loaded model for who asks it pass by pass; nothing else is computed meanwhile.

        Raises:
            ModelError: it can't be loaded.
        """
        with self._lock:
            yield self._answering

    @cached_property
    def _answering(self) -> Answering:
        module = files.load_module(self.folder, self.adapter, self.dtype)
        return Answering(self.name, module.to(self.device).eval(), self.format, self.window)


def _usual_dtype(device: torch.device, parameters: int) -> torch.dtype:
    if device.type == "cpu" and parameters < SMALL:
        return torch.float32
    return best_dtype(device)
