"""Which rungs go by a prompt, and what they have in common then: whatever has no vectors of its own.

A task that writes needs a language model; one with labels is done by prompts where the model can't
embed texts.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from etude.approaches._base import Candidate, FitContext
from etude.approaches._chat import load_chat, made_before
from etude.approaches._vectors import can_embed
from etude.approaches.writing.candidate import load_writing
from etude.models._base import ChatModel
from etude.records.task import WRITING


def by_prompt(context: FitContext) -> bool:
    """Whether the model is asked in words."""
    return context.task.kind in WRITING or not can_embed(context.model)


def load_prompted(rung: str, folder: Path, context: FitContext) -> Candidate:
    """The candidate that was saved, one of an earlier version too.

    Raises:
        StoreError: a file is missing or damaged.
    """
    if made_before(rung, folder):
        return load_chat(rung, folder, context)
    return load_writing(rung, folder, context, cast("ChatModel", context.model))
