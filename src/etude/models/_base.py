"""What a model can do, as protocols: embed, be fine-tuned as an encoder, or chat.

A backend is one file in this folder with ``BACKEND: Backend``; a model reference is
``backend:rest`` (``builtin:minilm``), a Hub id or a local folder (backend ``transformers``), or an
endpoint (backend ``openai``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from etude.models._likelihood import Likelihood
from etude.progress import Progress
from etude.records.task import ModelRef

Ability = Literal["embed", "tune_encoder", "chat", "tune_causal"]


class Model(Protocol):
    """Anything a reference opens. ``fingerprint`` changes when the weights or settings do."""

    name: str
    fingerprint: str
    abilities: frozenset[Ability]


@runtime_checkable
class Embedder(Model, Protocol):
    """Texts to unit vectors of ``dim`` numbers."""

    dim: int
    max_tokens: int

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit-length rows (N, dim). The result for a text does not depend on its neighbours
        beyond rounding; the same list gives the same bits on the same machine."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text before truncation (N,)."""
        ...


@runtime_checkable
class TunableEncoder(Embedder, Protocol):
    """An encoder whose weights can be trained (``training.classifier``)."""

    def load_module(self) -> Any:
        """A fresh trainable ``torch.nn.Module``; see ``models/_encoder.py`` for its call."""
        ...

    def tokenize(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Token ids of each text with the special tokens, truncated to the window."""
        ...

    def save_tokenizer(self, folder: Path) -> None:
        """Write ``tokenizer.json`` and its settings beside saved weights."""
        ...


@dataclass(frozen=True)
class Message:
    """One message of a chat; ``role`` is system, user or assistant."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class ChatRequest:
    """One request.

    ``choices``: the answer must be one of these. ``json_schema``: the answer must be compact JSON
    under this JSON Schema (its text). At most one of the two is given; both are held by constrained
    decoding where the model can, never by hoping. ``asking``: 0 the first time; with another number
    the same is asked anew, whatever answer is kept from before, and that answer is kept for itself.
    """

    messages: tuple[Message, ...]
    choices: tuple[str, ...] | None = None
    max_tokens: int = 64
    temperature: float = 0.0
    json_schema: str | None = None
    asking: int = 0


@dataclass(frozen=True)
class Completion:
    """What came back; ``failure`` is a word ("refusal", "timeout", "not_a_choice") or None."""

    text: str | None
    failure: str | None
    finish_reason: str | None
    tokens_in: int
    tokens_out: int
    seconds: float
    """Of the request that was really made, retries and waiting left out; kept when cached."""
    choice_probabilities: tuple[float, ...] | None = None
    cached: bool = False
    likelihood: Likelihood | None = field(default=None, compare=False)
    """Of a text that was written; None where the model does not tell. Rounding may differ with what
    is answered beside it, so that it is no part of what makes two answers the same."""


@runtime_checkable
class ChatModel(Model, Protocol):
    """Messages to text."""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """Answers in the order of the requests.

        Raises:
            EndpointError: the endpoint can't be reached or keeps failing for all requests.
            SpendLimitReached: the next request could pass the limit; answers so far are cached.
        """
        ...


class ChatFormat(Protocol):
    """A tokenizer with its chat template: the one place where messages become token ids.

    Training and generation both go through it, so they can't differ.
    """

    pad_id: int
    stop_ids: tuple[int, ...]
    """Any of these ends an answer; a target ends with the first of them."""
    vocab_size: int

    def prompt_ids(self, messages: Sequence[Message]) -> NDArray[np.int32]:
        """Ids of the messages with the opening of the assistant's turn (T,)."""
        ...

    def target_ids(self, reply: str) -> NDArray[np.int32]:
        """Ids of the reply and of the end of the turn (T,)."""
        ...

    def decode(self, ids: Sequence[int] | NDArray[np.int32]) -> str:
        """Text of these ids, special tokens left out."""
        ...

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files and the template, as ``transformers`` lays them out."""
        ...


@runtime_checkable
class TunableCausal(ChatModel, Protocol):
    """A causal language model on this machine: it chats, and its weights can be trained."""

    window: int
    """Most tokens of prompt and answer together."""
    parameters: int

    @property
    def format(self) -> ChatFormat:
        """Its tokenizer and template."""
        ...

    def load_module(self) -> Any:
        """A fresh trainable ``transformers`` causal LM (``torch.nn.Module``) in float32."""
        ...

    def tuned(self, folder: Path) -> TunableCausal:
        """The same model with what training left in ``folder``: whole weights
        (``model.safetensors``) or a PEFT adapter (``adapter_config.json``)."""
        ...


class ResponseCache(Protocol):
    """Responses by content, and the money spent; ``etude.store`` implements it."""

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored response, or None."""
        ...

    def put(self, key: str, response: dict[str, Any], cost: float) -> None:
        """Store a response and add its cost to the model's spending; atomic."""
        ...

    def spent(self) -> float:
        """Money spent so far in this project on this endpoint."""
        ...


class Memory(Protocol):
    """What a model on this machine said or learned, by content; ``etude.store`` implements it."""

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Those of ``keys`` that are known, with their values."""
        ...

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        """Keep these for good; atomic."""
        ...


class Backend(Protocol):
    """How one kind of reference becomes a model."""

    def open(self, reference: ModelRef, cache: ResponseCache | None) -> Model:
        """Check that the model can be had and return it; heavy loading may wait for first use.

        Raises:
            ModelError: it can't; the error says what is missing and the line that installs it.
        """
        ...
