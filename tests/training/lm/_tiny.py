"""A tiny random Llama with a byte-level toy format: a model source that needs no files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from etude.models._base import ChatRequest, Completion, Message
from etude.progress import Progress
from etude.training.lm.pairs import TokenPair
from etude.training.lm.settings import LmSettings

VOCABULARY = 264
END, SYSTEM, USER, ASSISTANT, PAD = 256, 257, 258, 259, 260
MARKS = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT}
SETTINGS = LmSettings(
    learning_rate=3e-3, epochs=3, batch_size=8, precision="fp32", patience=5, warmup_share=0.1
)


class ToyFormat:
    """Bytes as ids; each message begins with its role and ends with ``END``."""

    pad_id, stop_ids, vocab_size = PAD, (END,), VOCABULARY

    def prompt_ids(self, messages: Sequence[Message]) -> NDArray[np.int32]:
        ids: list[int] = []
        for message in messages:
            ids += [MARKS[message.role], *message.content.encode(), END]
        return np.array([*ids, ASSISTANT], dtype=np.int32)

    def target_ids(self, reply: str) -> NDArray[np.int32]:
        return np.array([*reply.encode(), END], dtype=np.int32)

    def decode(self, ids: Sequence[int] | NDArray[np.int32]) -> str:
        return bytes(int(one) for one in ids if one < 256).decode("utf-8", "replace")

    def save(self, folder: Path) -> None:
        (folder / "tokenizer.json").write_text(json.dumps({"toy": True}), "utf-8")
        (folder / "chat_template.jinja").write_text("toy", "utf-8")


class TinySource:
    """``TunableCausal`` over a config; the same seed gives the same weights."""

    abilities = frozenset({"chat", "tune_causal"})

    def __init__(self, config: Any = None, window: int = 256, folder: Path | None = None) -> None:
        self.config = config or llama_config()
        self.name, self.fingerprint = "tiny/llama", "tiny"
        self.window, self.folder = window, folder
        self.format = ToyFormat()
        self.parameters = sum(weight.numel() for weight in self.load_module().parameters())

    def load_module(self) -> Any:
        if self.folder is not None:
            return transformers.AutoModelForCausalLM.from_pretrained(self.folder)
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            return transformers.AutoModelForCausalLM.from_config(self.config)

    def tuned(self, folder: Path) -> TinySource:
        return TinySource(self.config, self.window, folder)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        raise AssertionError("training never asks for answers")


def llama_config(hidden: int = 32, layers: int = 2) -> Any:
    return transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=SYSTEM,
        eos_token_id=END,
        pad_token_id=PAD,
    )


WORDS = ("red", "green", "blue", "black", "white")
LETTERS = "abcdefghij"


def pairs(count: int, seed: int = 0, noise: bool = False) -> list[TokenPair]:
    """Instructions, a word between letters; the target is the word in capitals (or noise)."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        word = WORDS[random.integers(len(WORDS))]
        letters = "".join(random.choice(list(LETTERS), int(random.integers(1, 6))))
        asked = [Message("system", "Say the word."), Message("user", f"{letters} {word}")]
        reply = "".join(random.choice(list(LETTERS), 4)) if noise else word.upper()
        form = ToyFormat()
        made.append(TokenPair(form.prompt_ids(asked), form.target_ids(reply)))
    return made


class Shown:
    """A progress that keeps what was said and does ``then`` after so many steps."""

    def __init__(self, at: int = -1, then: Any = None) -> None:
        self.at, self.then, self.seen = at, then, 0
        self.said: list[str] = []
        self.notes: list[str] = []

    def step(self, name: str, total: float | None = None, unit: str = "") -> Shown:
        return self

    def say(self, text: str) -> None:
        self.said.append(text)

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        if note is not None:
            self.notes.append(note)
            self.seen += 1
            if self.seen == self.at:
                self.then()

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *exception: object) -> None:
        pass
