"""The model, the examples and both trainers of ``training.py``: the same for everybody.

Everything is random from seed 0: what is timed is arithmetic, which does not depend on the words.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from etude.training._determinism import deterministic
from etude.training.lm._parts import assemble
from etude.training.lm._running import Running
from etude.training.lm.checkpoints import Checkpoints
from etude.training.lm.checks import Usable
from etude.training.lm.distributed import Alone
from etude.training.lm.interrupts import Asked
from etude.training.lm.pairs import TokenPair
from etude.training.lm.plan import Plan
from etude.training.lm.settings import LmSettings
from etude.training.lm.steps.head import split
from etude.training.lm.steps.padded import PaddedStep

BATCH, RATE = 16, 1e-4


@dataclass(frozen=True)
class Shape:
    """A model's sizes; the default is a Llama of 5.8 M parameters."""

    vocabulary: int = 4096
    hidden: int = 256
    inner: int = 768
    layers: int = 6
    heads: int = 8
    kv_heads: int = 4
    head_width: int = 32
    family: str = "llama"
    attention: str = "sdpa"

    def module(self) -> Any:
        """The model with its random weights."""
        from transformers import AutoConfig, AutoModelForCausalLM

        torch.manual_seed(0)
        config = AutoConfig.for_model(
            self.family,
            vocab_size=self.vocabulary,
            hidden_size=self.hidden,
            intermediate_size=self.inner,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.kv_heads,
            head_dim=self.head_width,
            max_position_embeddings=4096,
            tie_word_embeddings=True,
            bos_token_id=1,
            eos_token_id=2,
            pad_token_id=0,
        )
        return AutoModelForCausalLM.from_config(config, attn_implementation=self.attention)

    @property
    def parameters(self) -> int:
        """Of the matrices, the tied word vectors once: what a token is multiplied by."""
        own = self.heads * self.head_width
        attention = self.hidden * 2 * (own + self.kv_heads * self.head_width)
        return self.vocabulary * self.hidden + self.layers * (
            attention + 3 * self.hidden * self.inner
        )

    def load_module(self) -> Any:
        """As ``TunableCausal`` has it; a training needs nothing else of a source."""
        return self.module()


SHAPES = {
    "small": Shape(),
    "smollm2-135m": Shape(49_152, 576, 1536, 30, 9, 3, 64),
    "qwen3-0.6b": Shape(151_936, 1024, 3072, 28, 16, 8, 128, "qwen3"),
}
"""Small enough for a processor, and two that people fine-tune on one GPU (the published configs)."""


def examples(count: int, prefix: int, vocabulary: int) -> list[TokenPair]:
    """Prompts of ``prefix`` tokens in common and 10–40 of their own; targets of 30–50."""
    random = np.random.default_rng(0)
    start = random.integers(3, vocabulary, prefix)
    made = []
    for _ in range(count):
        own = random.integers(3, vocabulary, random.integers(10, 41))
        target = random.integers(3, vocabulary, random.integers(30, 51))
        prompt = np.concatenate([start, own]).astype(np.int32)
        made.append(TokenPair(prompt, target.astype(np.int32)))
    return made


def our_program(
    shape: Shape, pairs: Sequence[TokenPair], *, padded: bool = False
) -> Callable[[int], object]:
    """Etude's loop, one epoch a call; loading and saving are not timed on either side.

    ``padded``: rows of like length filled up, in place of the way that Etude takes.
    """
    settings = LmSettings(
        learning_rate=RATE,
        epochs=1000,
        batch_size=BATCH,
        precision="bf16",
        schedule="constant",
    )
    folder = Path(tempfile.mkdtemp())
    usable = Usable(tuple(pairs), (), ())
    parts = assemble(shape, usable, settings, Alone(), Checkpoints(folder, "benchmark"))  # type: ignore[arg-type]
    if padded:
        parts.module.set_attn_implementation(shape.attention)
        step = PaddedStep(split(parts.module), settings.teacher_share)
        parts = replace(parts, step=step, plan=Plan(pairs, settings, step))
    running = Running(parts)
    print(f"etude computes its steps by: {parts.step.name}")

    def epoch(number: int) -> None:
        with deterministic(parts.module, parts.world.device):
            for _ in range(len(pairs) // BATCH):
                running.learn(Asked())
        finished()

    return epoch


def finished() -> None:
    """Wait for the GPU, whose work is otherwise still under way when a call returns."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peer_program(
    shape: Shape, pairs: Sequence[TokenPair], **changed: Any
) -> Callable[[int], object]:
    """TRL's ``SFTTrainer``, one epoch a call."""
    quiet()
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import SFTConfig, SFTTrainer

    settings = {
        "output_dir": tempfile.mkdtemp(),
        "per_device_train_batch_size": BATCH,
        "num_train_epochs": 1,
        "learning_rate": RATE,
        "lr_scheduler_type": "constant",
        "weight_decay": 0.01,
        "max_grad_norm": 1.0,
        "optim": "adamw_torch_fused",
        "bf16": True,
        "use_cpu": not torch.cuda.is_available(),
        "gradient_checkpointing": False,
        "completion_only_loss": True,
        "max_length": None,
        "packing": False,
        "train_sampling_strategy": "group_by_length",
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": False,
        "logging_strategy": "no",
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "seed": 0,
        **changed,
    }
    rows = [
        {
            "input_ids": [*pair.prompt.tolist(), *pair.target.tolist()],
            "completion_mask": [0] * len(pair.prompt) + [1] * len(pair.target),
        }
        for pair in pairs
    ]
    trainer = SFTTrainer(
        shape.module(),
        SFTConfig(**settings),
        train_dataset=Dataset.from_list(rows),
        processing_class=_tokenizer(shape.vocabulary),
    )
    trainer.remove_callback(PrinterCallback)

    def epoch(number: int) -> None:
        trainer.train()
        finished()

    return epoch


def plain_program(shape: Shape, pairs: Sequence[TokenPair]) -> Callable[[int], object]:
    """The plainest loop there is, with the loss as the model computes it from its ``labels``."""
    module = shape.module().train()
    optimizer = torch.optim.AdamW(module.parameters(), lr=RATE, fused=True)

    def epoch(number: int) -> None:
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            longest = max(len(pair) for pair in batch)
            ids_BT = torch.zeros(len(batch), longest, dtype=torch.int64)
            labels_BT = torch.full_like(ids_BT, -100)
            for row, pair in enumerate(batch):
                whole = torch.from_numpy(np.concatenate([pair.prompt, pair.target]))
                ids_BT[row, : len(pair)] = whole
                labels_BT[row, len(pair.prompt) : len(pair)] = whole[len(pair.prompt) :]
            with torch.autocast("cpu", torch.bfloat16):
                loss = module(input_ids=ids_BT, labels=labels_BT, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()

    return epoch


def _tokenizer(vocabulary: int) -> Any:
    """A trainer wants one; the examples are ids already."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = {f"w{i}": i for i in range(vocabulary)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="w0")),
        pad_token="w0",
        bos_token="w1",
        eos_token="w2",
    )


def quiet() -> None:
    """No words but the benchmark's own."""
    import datasets
    import transformers

    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    logging.disable(logging.WARNING)
