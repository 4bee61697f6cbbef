"""Tiny encoders with random weights and a word-piece tokenizer, written to a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from etude.models._bert import BertShape, EncoderModule

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    "card",
    "lost",
    "my",
    "is",
    "where",
    "the",
    "money",
    "?",
    ".",
]

CONFIG: dict[str, Any] = {
    "model_type": "bert",
    "architectures": ["BertModel"],
    "vocab_size": len(WORDS),
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "initializer_range": 0.02,
    "pad_token_id": 0,
}


def write_tokenizer(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # Published files carry such settings; they must not win over the model's window.
    tokenizer.enable_padding(length=64)
    tokenizer.enable_truncation(8)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "pad_token": "[PAD]",
                "unk_token": "[UNK]",
                "cls_token": "[CLS]",
                "sep_token": "[SEP]",
                "mask_token": "[MASK]",
                "model_max_length": 96,
            }
        )
    )


def random_module(seed: int = 0, **changes: Any) -> EncoderModule:
    config = CONFIG | changes
    torch.manual_seed(seed)
    module = EncoderModule(BertShape.from_config(config), config)
    with torch.no_grad():
        for name, value in module.named_parameters():
            if "LayerNorm.weight" not in name:
                value.normal_(0, 0.15)
    return module


def write_bert(folder: Path, seed: int = 0, **changes: Any) -> Path:
    write_tokenizer(folder)
    random_module(seed, **changes).save(folder)
    return folder


def some_texts(count: int, seed: int = 0) -> list[str]:
    """Texts of 1 to about 80 words, several of each length, deterministic."""
    words = ["card", "lost", "my", "is", "where", "the", "money", "xyz", "banana"]
    generator = torch.Generator().manual_seed(seed)
    texts = []
    for _ in range(count):
        length = int(torch.randint(1, 12, (1,), generator=generator))
        if int(torch.randint(0, 10, (1,), generator=generator)) == 0:
            length *= 6
        chosen = torch.randint(0, len(words), (length,), generator=generator).tolist()
        texts.append(" ".join(words[i] for i in chosen))
    return texts
