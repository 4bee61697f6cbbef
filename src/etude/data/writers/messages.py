"""OpenAI's fine-tuning files: ``{"messages":[…], "tools":[…], "parallel_tool_calls":…}``."""

from __future__ import annotations

from etude.data.neutral import Example
from etude.data.writers._base import Row
from etude.data.writers._fitting import Holds, fitted, with_ids
from etude.data.writers._open import openai_messages, tools_of

_HOLDS = Holds(tools=True, pictures=True, openly=True, parallel=True, learned="each")


class Messages:
    """A conversation a row; what is not to be learned has the weight 0."""

    key = "messages"
    title = "OpenAI's `messages`"
    lists = ("messages",)

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = with_ids(fitted(example, _HOLDS, lost, self.title), lost)
        row: Row = {"messages": openai_messages(held.messages)}
        row |= tools_of(held)
        if held.parallel is not None:
            row["parallel_tool_calls"] = held.parallel
        return [row]


WRITER = Messages()
