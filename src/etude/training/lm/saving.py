"""The folder that a training leaves: whole weights or an adapter, with tokenizer, template and card.

Full: ``config.json``, ``generation_config.json``, ``model.safetensors``. Adapter: as PEFT lays it
out (``adapter_config.json``, ``adapter_model.safetensors``), so that ``AutoPeftModel`` and serving
engines open it. Both: the tokenizer's files, ``README.md`` and ``training_log.jsonl``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import cast

from torch import Tensor

from etude.models._auto import library
from etude.models._base import TunableCausal
from etude.training.lm.methods import Prepared
from etude.training.lm.settings import LmSettings


def base_name(source: TunableCausal) -> tuple[str, str | None]:
    """What other tools open the base model by, and its revision."""
    name, _, revision = source.name.removeprefix("transformers:").partition("@")
    return name, revision or None


def write_model(
    prepared: Prepared,
    source: TunableCausal,
    settings: LmSettings,
    told: Sequence[str],
    folder: Path,
    weights: Mapping[str, Tensor] | None = None,
) -> None:
    """Fill ``folder`` (there, empty).

    Args:
        prepared: the module.
        source: what it was made from.
        settings: for the card.
        told: sentences for the card.
        folder: where.
        weights: what ``whole_weights`` gave; None where the module holds its weights whole.
    """
    if prepared.adapter is None:
        _write_whole(prepared, source, folder, weights)
    else:
        _write_adapter(prepared, source, folder, weights)
    source.format.save(folder)
    (folder / "README.md").write_text(_card(prepared, source, settings, told), "utf-8")


def whole_weights(prepared: Prepared, keep: bool) -> dict[str, Tensor]:
    """The values that ``write_model`` writes, from the parts that all processes hold.

    ``keep``: this process will write; the others get nothing.
    """
    sharded = import_module("etude.training.lm._sharded")
    adapter = prepared.adapter
    if adapter is None:
        found = sharded.whole_weights(prepared.module, lambda name: True, keep)
    else:
        trained = {name for name, weight in adapter.named_parameters() if weight.requires_grad}
        found = sharded.whole_weights(adapter, trained.__contains__, keep)
    return cast("dict[str, Tensor]", found)


def _write_whole(
    prepared: Prepared, source: TunableCausal, folder: Path, weights: Mapping[str, Tensor] | None
) -> None:
    # Whoever generates with these weights must stop where the targets ended.
    said = prepared.module.generation_config
    said.eos_token_id, said.pad_token_id = list(source.format.stop_ids), source.format.pad_id
    with _quiet():
        prepared.module.save_pretrained(folder, state_dict=weights and dict(weights))


@contextmanager
def _quiet() -> Iterator[None]:
    """No bar of transformers' own while it writes."""
    logging = library().utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _write_adapter(
    prepared: Prepared, source: TunableCausal, folder: Path, weights: Mapping[str, Tensor] | None
) -> None:
    assert prepared.adapter is not None
    config = prepared.adapter.peft_config["default"]
    config.base_model_name_or_path, config.revision = base_name(source)
    # Word vectors are not trained, and to find that out PEFT would ask the hub.
    prepared.adapter.save_pretrained(
        folder,
        save_embedding_layers=False,
        selected_adapters=["default"],
        state_dict=weights and dict(weights),
    )


def _card(
    prepared: Prepared, source: TunableCausal, settings: LmSettings, told: Sequence[str]
) -> str:
    base, revision = base_name(source)
    adapter = prepared.adapter is not None
    head = ["---", f"base_model: {json.dumps(base)}"]
    head += [f"library_name: {'peft' if adapter else 'transformers'}"]
    head += ["pipeline_tag: text-generation", "---", ""]
    what = "An adapter for" if adapter else "All weights, tuned from"
    lines = [
        "# A model tuned for one task",
        "",
        f"{what} `{base}`{f' at `{revision}`' if revision else ''}, made by Etude. "
        f"{prepared.trained:,} weights were trained. Give it prompts in the same chat template "
        "as in training; it is in this folder.",
        "",
        *(f"- {sentence}" for sentence in told),
        *([""] if told else []),
        "## Settings",
        "",
        "```json",
        json.dumps(settings.as_dict(), indent=2),
        "```",
        "",
        "`training_log.jsonl` holds the curve.",
        "",
    ]
    return "\n".join(head + lines)
