"""The one loader of PEFT, told not to phone home."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from etude.errors import MissingDependency
from etude.models._hub import quiet


def library() -> Any:
    """The peft package.

    Raises:
        MissingDependency: it is not installed.
    """
    quiet()
    try:
        return import_module("peft")
    except ImportError as error:
        raise MissingDependency(
            "an adapter (LoRA) needs the peft library, which is not installed",
            hint="pip install 'etude[lora]', or set method: full",
        ) from error
