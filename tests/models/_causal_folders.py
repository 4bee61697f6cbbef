"""Tiny random language models with a byte-level tokenizer and a chat template, in a folder."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' "
    "+ message['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>")
TEXT = [
    "Read the message and choose the one label that fits it best.",
    "My card is lost. Where is my money? I want to close the account, please.",
    '{"title": "The old man", "year": 1952, "names": ["one", "two"]}',
    "positive negative neutral card_arrival lost_card other",
] * 3

_SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 512,
}
_GROUPED = _SIZES | {"num_key_value_heads": 2}
KINDS: dict[str, dict[str, Any]] = {
    "Llama": _GROUPED,
    "Qwen2": _GROUPED,
    "Qwen3": _GROUPED | {"head_dim": 16},
    "Mistral": _GROUPED | {"sliding_window": 12},
    "Gemma2": _GROUPED | {"head_dim": 16, "sliding_window": 12},
    "Gemma3Text": _GROUPED | {"head_dim": 16, "sliding_window": 12},
    "GPTNeoX": _SIZES,
    "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 512},
    "Bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "seq_length": 512},
    "Mamba": {"hidden_size": 32, "num_hidden_layers": 2, "max_position_embeddings": 512},
}


@lru_cache
def _trained() -> str:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(text, special=True, normalized=False) for text in SPECIAL],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer.to_str()


def make_tokenizer(template: str | None = CHATML, **settings: Any) -> Any:
    said = {"eos_token": "<|im_end|>", "pad_token": "<|pad|>"} | settings
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(_trained()),
        **{key: value for key, value in said.items() if value is not None},
    )
    tokenizer.chat_template = template
    return tokenizer


def make_module(kind: str = "Llama", seed: int = 0, **changes: Any) -> Any:
    torch.manual_seed(seed)
    sizes = KINDS[kind] | {
        "vocab_size": len(make_tokenizer()),
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 3,
    }
    config = getattr(transformers, f"{kind}Config")(**(sizes | changes))
    module = transformers.AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for name, value in module.named_parameters():
            if value.dim() > 1 and "A_log" not in name:
                value.normal_(0, 0.2)
    return module


def write_causal(
    folder: Path, kind: str = "Llama", seed: int = 0, template: str | None = CHATML, **changes: Any
) -> Path:
    make_module(kind, seed, **changes).save_pretrained(folder)
    make_tokenizer(template).save_pretrained(folder)
    _ends(folder, [2, 0])
    return folder


def write_brief(folder: Path, **changes: Any) -> Path:
    """One whose answers have about five tokens, for every fifth ends them: a random model goes on
    to the limit, which takes ten times as long."""
    write_causal(folder, **changes)
    _ends(folder, [2, *range(0, len(make_tokenizer()), 5)])
    return folder


def _ends(folder: Path, ids: list[int]) -> None:
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ids}))
