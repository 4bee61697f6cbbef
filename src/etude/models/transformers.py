"""Any model that transformers loads: a hub id (``org/model`` or ``org/model@revision``) or a local
folder. Its config says whether it is a language model (``_causal``) or an encoder.

A plain BERT takes the fast path (``_encoder``) and needs no transformers at all; other encoders
go through ``AutoModel`` (``_auto``). Weights are safetensors only and a model's own code is never
run. Pooling and window are read from a sentence-transformers folder where it says them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etude.errors import ModelError
from etude.models._auto import AutoEncoder
from etude.models._base import Model, ResponseCache
from etude.models._bert import unsupported
from etude.models._causal import CausalModel
from etude.models._causal_files import is_causal
from etude.models._encoder import BertEncoder
from etude.models._files import read_config
from etude.models._hub import hub_folder, is_path
from etude.records.task import ModelRef

POOLINGS = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}


class _TransformersBackend:
    def open(self, reference: ModelRef, cache: ResponseCache | None) -> Model:
        """The model in a folder or on the hub; ``cache`` is for endpoints and not read here."""
        folder = _folder(reference.name.removeprefix("transformers:"))
        config = read_config(folder)
        if is_causal(config, folder):
            return CausalModel(reference.name, folder)
        _refuse_generators(reference.name, config)
        pooling, window = read_pooling(folder), read_window(folder, config)
        if unsupported(config) is None and (folder / "tokenizer.json").is_file():
            return BertEncoder(reference.name, folder, window=window, pooling=pooling)
        return AutoEncoder(reference.name, folder, config, window=window, pooling=pooling)


def _folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if is_path(name):
        raise ModelError(
            "there is no such folder",
            where=name,
            expected="a folder with config.json, model.safetensors and tokenizer.json",
        )
    model, _, revision = name.partition("@")
    return hub_folder(model, revision or None)


def _refuse_generators(name: str, config: dict[str, Any]) -> None:
    heads = [str(head) for head in config.get("architectures") or []]
    if config.get("is_encoder_decoder") or any(head.endswith("ForCausalLM") for head in heads):
        raise ModelError(
            f"{name} is neither an encoder nor a language model that continues texts "
            f"({', '.join(heads) or 'encoder-decoder'})",
            expected="an encoder, such as builtin:minilm, or a causal language model",
            hint="serve it behind an OpenAI-compatible endpoint and name that under models:",
        )


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"the file can't be read: {error}", where=str(path)) from error
    return value if isinstance(value, dict) else {}


def read_pooling(folder: Path) -> str:
    """ "mean" or "cls", as ``1_Pooling/config.json`` says; mean where there is none.

    Raises:
        ModelError: the folder asks for another pooling.
    """
    path = folder / "1_Pooling" / "config.json"
    config = _json(path)
    if not config:
        return "mean"
    if "pooling_mode" in config:  # written so since sentence-transformers 5
        chosen = [str(config["pooling_mode"])]
    else:
        chosen = [
            key
            for key, value in config.items()
            if key.startswith("pooling_mode_") and value is True
        ]
        chosen = [POOLINGS.get(key, key) for key in chosen]
    if len(chosen) == 1 and chosen[0] in POOLINGS.values():
        return chosen[0]
    raise ModelError(
        f"the model pools by {', '.join(chosen) or 'nothing'}",
        where=str(path),
        expected="mean or cls pooling",
    )


def read_window(folder: Path, config: dict[str, Any]) -> int:
    """Most tokens of a text: what the folder says, at most what its positions allow."""
    places = int(config.get("max_position_embeddings") or 512)
    if config.get("model_type") in {"roberta", "xlm-roberta", "camembert", "mpnet"}:
        places -= 2  # these count positions from the padding id on
    asked = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    asked = asked or _json(folder / "tokenizer_config.json").get("model_max_length")
    return max(1, min(int(asked or places), places))


BACKEND = _TransformersBackend()
