"""Files from the Hugging Face hub, told not to phone home, and only where that is allowed.

It knows how to bring a model's folder to this machine; nothing of what is in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from etude.errors import MissingDependency, ModelError

PATTERNS = (
    "*.json",
    "*.safetensors",
    "vocab.txt",
    "merges.txt",
    "tokenizer.model",
    "*.jinja",
    "1_Pooling/*.json",
)
"""What is brought: never pickled weights, never code."""

_TRUE = {"1", "true", "yes", "on"}


def offline(environment: Mapping[str, str] = os.environ) -> bool:
    """True where the person has said that nothing may be downloaded."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    return any(environment.get(name, "").lower() in _TRUE for name in names)


def is_path(name: str) -> bool:
    """Whether a model's name can only be a folder's: it has the form of no Hub id."""
    return name.startswith((".", "~", os.sep)) or name.count("/") > 1 or "\\" in name


def quiet() -> None:
    """Turn the hub libraries' telemetry off; call before they are imported."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "1"


def hub_folder(model: str, revision: str | None = None) -> Path:
    """The local folder of a hub model, downloaded where that is allowed and needed.

    Raises:
        MissingDependency: huggingface_hub is not installed.
        ModelError: there is no such model, it needs a licence to be accepted, the network or the
            offline setting stands in the way.
    """
    if find_spec("huggingface_hub") is None:
        raise MissingDependency(
            f"{model} would come from the Hugging Face hub, and huggingface_hub is not installed",
            hint="pip install transformers, or give a local folder",
        )
    quiet()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            model, revision=revision, allow_patterns=list(PATTERNS), local_files_only=offline()
        )
    except HFValidationError as error:
        raise ModelError(
            f"{model!r} is no model's name",
            expected="builtin:minilm, a hub id such as sentence-transformers/all-MiniLM-L6-v2, "
            "or a folder that is there",
        ) from error
    except LocalEntryNotFoundError as error:
        why = "downloads are turned off (HF_HUB_OFFLINE)" if offline() else "the hub is not reached"
        raise ModelError(
            f"{model} is not on this machine, and {why}",
            hint="use builtin:minilm, give a local folder, or run once with a connection",
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise ModelError(
            f"{model} can't be had from the hub: {_first_line(error)}",
            hint="check the name at https://huggingface.co, or give a local folder",
        ) from error
    return Path(folder)


def kept_folder(model: str, revision: str | None = None) -> Path | None:
    """The folder of a hub model that was brought here earlier; None: it was not. Nothing is asked of
    the network."""
    if is_path(model) or find_spec("huggingface_hub") is None:
        return None
    quiet()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, revision=revision, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
