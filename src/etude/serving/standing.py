"""What the settings say that names stand for: looked at when the server starts, so that nobody learns
at their first request that it isn't there. Nothing is loaded, and nobody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etude.errors import UsageError
from etude.models._hub import is_path
from etude.models.builtin import BUILTINS
from etude.registry import nearest
from etude.serving.config import FILE, ServingConfig

BUILTIN = "builtin:"


def check_models(root: Path, config: ServingConfig) -> None:
    """Refuse models that can't be.

    Args:
        root: the folder that is served; relative folders are looked for in it.
        config: the settings.

    Raises:
        UsageError: a name stands for a folder without a model, or for no builtin one; or a job is to
            train what lies on another server.
    """
    for name, model in config.tuning.models.items():
        reference = config.models.get(model)
        if reference is not None and reference.openai is not None:
            raise UsageError(
                f"{model} is another server's model, which can't be trained here",
                where=f"tuning: models: {name} in {FILE}, or --tune {name}=…",
                expected="builtin:starter, a folder, a Hub id, or a name of models: for one of these",
                hint="name another one, or leave it out",
            )
    for place, option, model in _named(config):
        found = _wrong_builtin(model) or _wrong_folder(root, model)
        if found is not None:
            what, expected = found
            raise UsageError(
                what,
                where=f"{place} in {FILE}, or {option}",
                expected=expected,
                hint="name another one, or leave it out",
            )


def _named(config: ServingConfig) -> Iterator[tuple[str, str, str]]:
    """Where a model is named, by which option, and its name."""
    for name, reference in config.models.items():
        if reference.openai is None:
            yield f"models: {name}", f"--model {name}=…", reference.name
    for name, model in config.tuning.models.items():
        if model not in config.models:
            yield f"tuning: models: {name}", f"--tune {name}=…", model


def _wrong_builtin(model: str) -> tuple[str, str] | None:
    if not model.startswith(BUILTIN) or model.removeprefix(BUILTIN) in BUILTINS:
        return None
    known = [BUILTIN + name for name in BUILTINS]
    near = nearest(model, known)
    return f"there is no {model}" + (f" (did you mean {near}?)" if near else ""), " or ".join(known)


def _wrong_folder(root: Path, model: str) -> tuple[str, str] | None:
    name = model.removeprefix("transformers:")
    folder = next((f for f in (root / name, Path(name).expanduser()) if f.is_dir()), None)
    expected = "a folder with config.json, model.safetensors and tokenizer.json"
    if folder is not None and not (folder / "config.json").is_file():
        return f"there is no model in the folder {name}", expected
    if folder is None and is_path(name):
        return f"there is no folder {name}", expected
    return None
