"""OpenAI's preference files: ``input``, ``preferred_output``, ``non_preferred_output``.

https://platform.openai.com/docs/guides/direct-preference-optimization
"""

from __future__ import annotations

from typing import Any

from etude.data.conversations import Turn
from etude.data.shapes._base import Cells, Choice, Exchange, Look, Refusal, Unusable
from etude.data.shapes._exchange import asked
from etude.data.shapes._messages import decoded, messages, messages_in, refuse_tools


class OpenAiPreference:
    """As a plain example the preferred output is the answer."""

    key = "openai_preference"
    title = "OpenAI preferences (`input`, `preferred_output`, `non_preferred_output`)"
    rank = 5
    reads = ("input", "preferred_output", "non_preferred_output")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """All three columns."""
        return look.has(*self.reads)

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """What is asked, and the preferred output."""
        turns = _asked(cells.get("input"))
        return Exchange(turns, _answer(cells, "preferred_output") if labelled else "")

    def choice(self, cells: Cells) -> Choice:
        """What is asked, and both outputs.

        Raises:
            Unusable: the row is at fault.
        """
        turns = _asked(cells.get("input"))
        return Choice(
            turns, _answer(cells, "preferred_output"), _answer(cells, "non_preferred_output")
        )


def _asked(cell: str | None) -> tuple[Turn, ...]:
    if cell is None or not cell.strip():
        raise Unusable("there is no `input`", "missing_messages_list")
    found: Any = decoded(cell, "input")
    if isinstance(found, dict):
        tools = found.get("tools")
        refuse_tools("yes" if tools else None)
        found = found.get("messages")
        if found is None:
            raise Unusable("`input` has no `messages`", "missing_messages_list")
    return asked([one.turn for one in messages_in(found, "input")])


def _answer(cells: Cells, column: str) -> str:
    said = messages(cells.get(column), column)
    if len(said) != 1 or said[0].turn.role != "assistant":
        raise Unusable(
            f"`{column}` is not one message of the assistant's", "example_missing_assistant_message"
        )
    return said[0].turn.content


SHAPE = OpenAiPreference()
