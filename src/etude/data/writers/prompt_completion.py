"""TRL's ``prompt`` and ``completion`` as lists of messages; the completion alone is learned."""

from __future__ import annotations

from dataclasses import replace

from etude.data.neutral import Example
from etude.data.writers._base import Row
from etude.data.writers._fitting import answered, fitted, with_ids
from etude.data.writers._open import PAIRS, openai_messages, tools_of

_HOLDS = replace(PAIRS, parallel=False)


class PromptCompletion:
    """Messages are in OpenAI's form (https://huggingface.co/docs/trl/dataset_formats)."""

    key = "prompt_completion"
    title = "TRL's `prompt` and `completion`"
    lists = ("prompt", "completion")

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = with_ids(fitted(example, _HOLDS, lost, self.title), lost)
        answered(held)
        row: Row = {
            "prompt": openai_messages(held.asked),
            "completion": openai_messages(held.answer),
        }
        return [row | tools_of(held)]


WRITER = PromptCompletion()
