"""OpenAI's preference files: ``input``, ``preferred_output``, ``non_preferred_output``.

https://platform.openai.com/docs/guides/direct-preference-optimization
"""

from __future__ import annotations

from typing import Any

from etude.data.neutral import Example, Message, compact
from etude.data.shapes._base import Cells, Look, Refusal, Unusable
from etude.data.shapes._cells import given, not_learned, truth
from etude.data.shapes._decoding import decoded
from etude.data.shapes._messages import messages, messages_in
from etude.data.shapes._tools import tools_in


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

    def reason(self, look: Look) -> str:
        """The columns."""
        return "`input`, `preferred_output` and `non_preferred_output`"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """What is asked, and both outputs; the worse one may be absent."""
        cell = cells.get("input")
        if cell is None or not cell.strip():
            raise Unusable("there is no `input`", "missing_messages_list")
        found: Any = decoded(cell, "input")
        named: tuple[str, ...] = ()
        parallel = None
        if isinstance(found, dict):
            _known(found)
            named = tools_in(found.get("tools"))
            parallel = found.get("parallel_tool_calls")
            found = found.get("messages")
            if found is None:
                raise Unusable("`input` has no `messages`", "missing_messages_list")
        asked = not_learned(messages_in(found, "input"))
        more: dict[str, Any] = {
            "tools": named,
            "parallel": None
            if parallel is None
            else truth(compact(parallel), "parallel_tool_calls"),
        }
        if not labelled:
            return Example(asked, **more)
        worse = (
            _answer(cells, "non_preferred_output")
            if given(cells.get("non_preferred_output"))
            else ()
        )
        return Example(asked, _answer(cells, "preferred_output"), worse, **more)


def _known(found: dict[str, Any]) -> None:
    for key, value in found.items():
        if key not in ("messages", "tools", "parallel_tool_calls") and value is not None:
            raise Unusable(f"`input` has the key {key!r}", "message_unrecognized_key")


def _answer(cells: Cells, column: str) -> tuple[Message, ...]:
    said = messages(cells.get(column), column)
    if len(said) != 1 or said[0].role != "assistant":
        raise Unusable(
            f"`{column}` is not one message of the assistant's", "example_missing_assistant_message"
        )
    return tuple(said)


SHAPE = OpenAiPreference()
