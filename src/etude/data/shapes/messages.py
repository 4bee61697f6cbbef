"""OpenAI's and TRL's ``messages``: a conversation a row, ``{"messages":[{"role","content"}]}``.

The assistant's last message is the answer (https://platform.openai.com/docs/guides/fine-tuning).
"""

from __future__ import annotations

from etude.data.neutral import Example, conversation
from etude.data.shapes._base import Cells, Look, Refusal
from etude.data.shapes._cells import truth
from etude.data.shapes._messages import messages
from etude.data.shapes._tools import tools


class Messages:
    """``name`` is passed over in learning; a message with ``weight`` 0 is never the answer."""

    key = "messages"
    title = "conversations (`messages`)"
    rank = 10
    reads = ("messages", "tools", "functions", "parallel_tool_calls", "images")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``messages`` with lists of objects."""
        return look.lists("messages")

    def reason(self, look: Look) -> str:
        """The column and its keys."""
        return "`messages` with `role` and `content`"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """The messages, and the tools that can be called."""
        return conversation(
            messages(cells.get("messages"), "messages", images=cells.get("images")),
            tools=(*tools(cells.get("tools")), *tools(cells.get("functions"), "functions")),
            parallel=truth(cells.get("parallel_tool_calls"), "parallel_tool_calls"),
        )


SHAPE = Messages()
