"""TRL's preference pairs: ``prompt``, ``chosen``, ``rejected`` as lists of messages."""

from __future__ import annotations

from dataclasses import replace

from etude.data.neutral import Example
from etude.data.writers._base import Row
from etude.data.writers._open import PAIRS, openai_messages, pair_of, tools_of

_HOLDS = replace(PAIRS, parallel=False)


class ChosenRejected:
    """Messages are in OpenAI's form (https://huggingface.co/docs/trl/dataset_formats)."""

    key = "chosen_rejected"
    title = "TRL's preference pairs"
    lists = ("prompt", "chosen", "rejected")

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = pair_of(example, _HOLDS, lost)
        row: Row = {
            "prompt": openai_messages(held.asked),
            "chosen": openai_messages(held.answer),
            "rejected": openai_messages(held.rejected),
        }
        return [row | tools_of(held)]


WRITER = ChosenRejected()
