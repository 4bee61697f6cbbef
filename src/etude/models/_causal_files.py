"""A causal language model's folder: what it says of itself, and its weights as a torch module.

It knows the layouts of transformers and PEFT, loads safetensors alone, and never runs a model's
own code; it knows nothing of chats or of generation.
"""

from __future__ import annotations

import json
import logging
import math
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from etude.errors import MissingDependency, ModelError
from etude.models._auto import library
from etude.models._files import read_config
from etude.models._hashes import file_hash, folder_fingerprint
from etude.models._hub import quiet

ADAPTER = "adapter_config.json"
HEADS = ("ForCausalLM", "LMHeadModel")
ENCODERS = {
    "albert", "bert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "ernie",
    "eurobert", "modernbert", "mpnet", "neobert", "nomic_bert", "roberta", "roformer",
    "xlm-roberta", "xlm-roberta-xl", "xmod",
}  # fmt: skip
"""Model types that are encoders whatever head their config names."""
_WINDOWS = ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx")
_BEYOND = 10**9
"""Tokenizers without a limit say 10**30."""
_TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "chat_template.jinja", "generation_config.json",
)  # fmt: skip


def is_causal(config: dict[str, Any], folder: Path) -> bool:
    """True for a language model that continues texts; an embedding model made of one is none."""
    if config.get("is_encoder_decoder") or (folder / "1_Pooling").is_dir():
        return False
    kind = config.get("model_type")
    heads = [str(head) for head in config.get("architectures") or []]
    if kind in ENCODERS:
        return False
    if any(head.endswith(HEADS) for head in heads):
        return True
    if heads and not any(head.endswith("ForConditionalGeneration") for head in heads):
        return False
    return find_spec("transformers") is not None and kind in _causal_types()


def _causal_types() -> set[str]:
    library()
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object, empty where the file is not there.

    Raises:
        ModelError: it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"the file can't be read: {error}", where=str(path)) from error
    return value if isinstance(value, dict) else {}


def read_limits(folder: Path, config: dict[str, Any]) -> int:
    """The window: most tokens of prompt and answer together.

    Raises:
        ModelError: neither the config nor the tokenizer says it.
    """
    config = config.get("text_config") or config
    places = next((int(config[key]) for key in _WINDOWS if config.get(key)), None)
    said = read_json(folder / "tokenizer_config.json").get("model_max_length")
    if said and float(said) < _BEYOND and places is None:
        places = int(said)
    if places is None:
        raise ModelError(
            "config.json does not say how many tokens the model reads",
            where=str(folder / "config.json"),
            expected=f"one of {', '.join(_WINDOWS)}",
        )
    return places


def read_stop_ids(folder: Path, config: dict[str, Any]) -> tuple[int, ...]:
    """The ids that end a text, as ``generation_config.json`` or the config says."""
    said = read_json(folder / "generation_config.json").get("eos_token_id")
    said = config.get("eos_token_id") if said is None else said
    if said is None:
        return ()
    return tuple(int(i) for i in (said if isinstance(said, list) else [said]))


def count_parameters(folder: Path) -> int:
    """Numbers in the weights' files, read from their headers alone.

    Raises:
        ModelError: there are none, or they are damaged.
    """
    total = 0
    for path in weight_files(folder):
        try:
            with safe_open(path, "pt") as weights:
                for name in weights.keys():  # noqa: SIM118 - the file is no mapping
                    total += math.prod(weights.get_slice(name).get_shape())
        except (SafetensorError, OSError) as error:
            raise ModelError(f"the weights can't be read: {error}", where=str(path)) from error
    return total


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of the whole model.

    Raises:
        ModelError: there are none; pickled weights are never read.
    """
    index = read_json(folder / "model.safetensors.index.json").get("weight_map")
    names = sorted(set(index.values())) if isinstance(index, dict) else ["model.safetensors"]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"the model has no {missing[0]}",
            where=str(folder),
            expected="weights as safetensors; pickled weights are never loaded",
            hint="convert the weights with transformers' save_pretrained",
        )
    return [folder / name for name in names]


def fingerprint(folder: Path, adapter: Path | None, tokenizer: Path, *settings: object) -> str:
    """16 hex digits that change with weights, adapter, tokenizer, template or a setting."""
    places = [(tokenizer, name) for name in _TOKENIZER]
    if adapter is not None:
        places += [(adapter, ADAPTER), (adapter, "adapter_model.safetensors")]
    hashes = [file_hash(place / name) for place, name in places if (place / name).is_file()]
    return folder_fingerprint(folder, hashes, *settings)


def load_tokenizer(folder: Path) -> Any:
    """The fast tokenizer of a folder.

    Raises:
        MissingDependency: transformers is not installed.
        ModelError: it can't be loaded.
    """
    try:
        return library().AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True
        )
    except (OSError, ValueError, ImportError, KeyError, TypeError) as error:
        raise ModelError(
            f"the tokenizer can't be loaded: {_first_line(error)}", where=str(folder)
        ) from error


def load_module(folder: Path, adapter: Path | None, dtype: torch.dtype) -> Any:
    """The model on the CPU, an adapter merged into its weights.

    Raises:
        MissingDependency: transformers, or PEFT for an adapter, is not installed.
        ModelError: the weights can't be loaded.
    """
    read_config(folder)
    weight_files(folder)
    try:
        module = library().AutoModelForCausalLM.from_pretrained(
            folder,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            dtype=dtype if adapter is None else torch.float32,
        )
        if adapter is not None:
            module = _merged(module, adapter).to(dtype)
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"the model can't be loaded: {_first_line(error)}",
            where=str(adapter or folder),
            expected="a causal language model with model.safetensors",
        ) from error
    return module


def adapter_layers(module: Any) -> list[Any]:
    """The layers in which a module's adapters are; PEFT is installed."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    return [layer for layer in module.modules() if isinstance(layer, BaseTunerLayer)]


def add_adapter(module: Any, adapter: Path, name: str) -> None:
    """Put an adapter around a module's weights, unmerged.

    Raises:
        MissingDependency: PEFT is not installed.
        ModelError: the adapter can't be loaded, or is none for this module.
    """
    peft = _peft()
    try:
        config = peft.PeftConfig.from_pretrained(str(adapter))
        config.inference_mode = True
        with warnings.catch_warnings(action="ignore"):  # of several adapters: they are meant
            peft.inject_adapter_in_model(config, module, adapter_name=name)
            weights = peft.load_peft_weights(str(adapter), device=str(module.device))
            peft.set_peft_model_state_dict(module, weights, adapter_name=name)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(
            f"the adapter can't be loaded: {_first_line(error)}",
            where=str(adapter),
            expected="a PEFT adapter for these weights",
        ) from error
    module.eval()


def _peft() -> Any:
    quiet()
    if find_spec("peft") is None:
        raise MissingDependency(
            "this model is an adapter, and the peft library is not installed",
            hint="pip install 'etude[lora]'",
        )
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # PEFT imports it, asked for or not
    import peft

    return peft


def _merged(module: Any, adapter: Path) -> Any:
    peft = _peft()
    with warnings.catch_warnings(action="ignore"):  # of what transformers will call otherwise
        tuned = peft.PeftModel.from_pretrained(module, str(adapter), is_trainable=False)
    return tuned.merge_and_unload(safe_merge=True)


def best_folder(candidates: Sequence[Path], name: str) -> Path:
    """The first folder that holds ``name``; the last one where none does."""
    return next((folder for folder in candidates if (folder / name).is_file()), candidates[-1])


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
