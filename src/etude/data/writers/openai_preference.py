"""OpenAI's preference files: ``input`` with ``preferred_output`` and ``non_preferred_output``."""

from __future__ import annotations

from etude.data.neutral import Example
from etude.data.writers._base import CantHold, Row
from etude.data.writers._open import PAIRS, openai_messages, pair_of, tools_of


class OpenAiPreference:
    """Both answers are one message of the assistant's."""

    key = "openai_preference"
    title = "OpenAI's preferences"
    lists = ("preferred_output", "non_preferred_output")

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = pair_of(example, PAIRS, lost)
        if len(held.answer) > 1 or len(held.rejected) > 1:
            raise CantHold("one of its two answers is several messages")
        asked: Row = {"messages": openai_messages(held.asked)} | tools_of(held)
        if held.parallel is not None:
            asked["parallel_tool_calls"] = held.parallel
        return [
            {
                "input": asked,
                "preferred_output": openai_messages(held.answer),
                "non_preferred_output": openai_messages(held.rejected),
            }
        ]


WRITER = OpenAiPreference()
