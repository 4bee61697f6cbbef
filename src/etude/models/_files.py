"""A model's folder on disk: ``config.json`` and ``model.safetensors``, never pickled weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from etude.errors import ModelError


def read_config(folder: Path) -> dict[str, Any]:
    """``config.json`` of a model's folder.

    Raises:
        ModelError: it is missing or is no JSON object.
    """
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            "the folder holds no model", where=str(folder), expected="a config.json in it"
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"config.json can't be read: {error}", where=str(path)) from error
    if not isinstance(config, dict):
        raise ModelError("config.json is not a JSON object", where=str(path))
    return config


def read_weights(folder: Path) -> dict[str, Tensor]:
    """``model.safetensors`` with the prefix of heads' checkpoints (``bert.``) taken off.

    Raises:
        ModelError: there is none (pickled weights are never read), or it is damaged.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise ModelError(
            "the model has no model.safetensors",
            where=str(folder),
            expected="weights as safetensors; pickled weights are never loaded",
            hint="convert the weights with transformers' save_pretrained(safe_serialization=True)",
        )
    try:
        weights = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"the weights can't be read: {error}", where=str(path)) from error
    return {_modern(name): value for name, value in weights.items()}


def _modern(name: str) -> str:
    # Checkpoints of 2018–2019 call layer norms' parameters gamma and beta.
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace(
        "LayerNorm.beta", "LayerNorm.bias"
    )
