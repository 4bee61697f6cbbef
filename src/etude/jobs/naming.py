"""What a tuned model is called: ``ft:base:organization:suffix:id``, as people know it."""

from __future__ import annotations

import re
from pathlib import PurePath

from etude.records.task import ModelRef
from etude.store.ids import made

_ID = 8


def model_name(base: str, organization: str, suffix: str | None) -> str:
    """A fresh name; ``base`` is from ``base_of``."""
    return f"ft:{base}:{organization}:{plain(suffix or '')}:{made('')[:_ID]}"


def base_of(reference: ModelRef, tuned: str | None) -> str:
    """The second part of a name: of the model that is trained, or of the tuned one it goes on
    from."""
    if tuned is not None:
        return tuned.split(":")[1]
    name = reference.name.removeprefix("builtin:").removeprefix("transformers:")
    if PurePath(name).is_absolute():
        name = PurePath(name).name
    return re.sub(r"[^A-Za-z0-9._-]", "-", name.replace("/", "--")) or "model"


def plain(suffix: str) -> str:
    """A suffix as it stands in a name: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", suffix.lower()).strip("-")


def checkpoint_name(model: str, step: int) -> str:
    """What the model after some steps is called."""
    return f"{model}:ckpt-step-{step}"
