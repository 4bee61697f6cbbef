"""How much the models of a task read, and where their tokenizers lie; it loads and downloads none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from etude.errors import ModelError
from etude.models._hub import kept_folder
from etude.models.builtin import BUILTINS, Builtin, find_folder
from etude.records.task import ModelRef

_TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class Reader:
    """A model and its window, in tokens.

    ``writes``: prompt and answer share the window; else it reads an input alone. ``tokenizer``: its
    file; None: it is not on this machine, and tokens can only be estimated.
    """

    name: str
    window: int
    tokenizer: Path | None
    writes: bool


def reader_of(reference: ModelRef, root: Path) -> Reader | None:
    """What is known of a model; None: nothing, as of most endpoints and of what is not here.

    Args:
        reference: one entry of the task's ``models``.
        root: the project's folder, from which folders of models are seen.
    """
    if reference.openai is not None:
        window = reference.openai.window
        return None if window is None else Reader(reference.name, window, None, True)
    prefix, _, name = reference.name.partition(":")
    if prefix == "builtin":
        return _builtin(reference.name, BUILTINS[name]) if name in BUILTINS else None
    folder = _folder(reference.name.removeprefix("transformers:"), root)
    return None if folder is None else _in_folder(reference.name, folder)


def _builtin(name: str, builtin: Builtin) -> Reader:
    try:
        tokenizer = find_folder(builtin, download=False) / _TOKENIZER
    except ModelError:
        return Reader(name, builtin.window, None, builtin.causal)
    return Reader(name, builtin.window, tokenizer, builtin.causal)


def _folder(name: str, root: Path) -> Path | None:
    folder = root.absolute() / Path(name).expanduser()
    if folder.is_dir():
        return folder
    model, _, revision = name.partition("@")
    return kept_folder(model, revision or None)


def _in_folder(name: str, folder: Path) -> Reader | None:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    # Late, for they bring torch: only for a model of a person's own.
    from etude.models._causal_files import is_causal, read_limits
    from etude.models.transformers import read_window

    if not isinstance(config, dict) or config.get("is_encoder_decoder"):
        return None
    try:
        writes = is_causal(config, folder)
        window = read_limits(folder, config) if writes else read_window(folder, config)
    except (ModelError, ValueError, TypeError):
        return None
    tokenizer = folder / _TOKENIZER
    return Reader(name, window, tokenizer if tokenizer.is_file() else None, writes)
