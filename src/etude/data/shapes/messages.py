"""OpenAI's and TRL's ``messages``: a conversation a row, ``{"messages":[{"role","content"}]}``.

The assistant's last message is the answer (https://platform.openai.com/docs/guides/fine-tuning).
"""

from __future__ import annotations

from etude.data.shapes._base import Cells, Exchange, Look, Refusal
from etude.data.shapes._exchange import exchange_of
from etude.data.shapes._messages import messages, refuse_tools


class Messages:
    """``name`` is passed over, ``weight`` 0 on the last answer leaves the row out."""

    key = "messages"
    title = "conversations (`messages`)"
    rank = 10
    reads = ("messages", "tools", "parallel_tool_calls", "functions")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``messages`` with lists of objects."""
        return look.lists("messages")

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """The messages; tools are not supported yet."""
        refuse_tools(cells.get("tools"))
        refuse_tools(cells.get("functions"))
        return exchange_of(messages(cells.get("messages"), "messages"), labelled=labelled)


SHAPE = Messages()
