"""A model's shape with random weights: what a pretrained model is worth is the gap to it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch

from etude.models.builtin import BUILTINS, find_folder

_NOT_COPIED = ("*.safetensors", "*.safetensors.index.json", "hashes.json", "SHA256SUMS", "README*")


def model_folder(name: str) -> Path:
    """Where the files of ``builtin:…`` or of a local folder lie."""
    if name.startswith("builtin:"):
        return find_folder(BUILTINS[name.removeprefix("builtin:")])
    return Path(name).expanduser().resolve()


def from_scratch(name: str, seed: int, out: Path) -> Path:
    """The same config, tokenizer and template in ``out``, the weights drawn anew from ``seed``.

    Drawn as transformers draws them for its own training from scratch (normal, 0.02).
    """
    from transformers import AutoConfig, AutoModelForCausalLM

    source = model_folder(name)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(source, out, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    torch.manual_seed(seed)
    module: Any = AutoModelForCausalLM.from_config(
        AutoConfig.from_pretrained(source), dtype=torch.float32
    )
    module.save_pretrained(out)
    return out
