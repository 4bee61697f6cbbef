"""A plain table: ``input`` and ``target``, as people fill in by hand.

Beside them ``system`` where there are instructions; ``chosen`` and ``rejected``, or ``completion``
and ``label``, in place of ``target`` for preferences. What is no single text stands in its cell as
a list of messages in JSON, which Etude reads for ``kind: chat``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etude.data.neutral import Example, Message
from etude.data.shapes._exchange import listed
from etude.data.writers._base import CantHold, Row
from etude.data.writers._open import openai_messages, tools_of


class Table:
    """It holds everything that has a question and an answer: a cell may hold a whole conversation."""

    key = "table"
    title = "a plain table"
    lists = ()

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row.

        Raises:
            CantHold: a cell would be empty, and the row would be refused when it is read again.
        """
        if not example.asked:
            raise CantHold("nothing is asked before its answer")
        if not example.answer:
            raise CantHold("none of its answers is to be learned")
        system, asked = example.asked[:1], example.asked[1:]
        if not (len(asked) == 1 and _is_word(system[0], "system") and _is_word(asked[0], "user")):
            system, asked = (), example.asked
        row: Row = {"system": system[0].text} if system else {}
        row["input"] = cell_of(asked, "user")
        answer = cell_of(example.answer, "assistant")
        if example.rejected:
            row |= {"chosen": answer, "rejected": cell_of(example.rejected, "assistant")}
        elif example.liked is not None:
            row |= {"completion": answer, "label": example.liked}
        else:
            row["target"] = answer
        row |= tools_of(example)
        if example.parallel is not None:
            row["parallel_tool_calls"] = example.parallel
        return [row]


def _is_word(message: Message, role: str) -> bool:
    """Whether a message of the role is a text alone, and not one that looks like messages."""
    bare = message.name is None and message.weight is None and message.call_id is None
    return message.role == role and message.plain and bare and not listed(message.text)


def cell_of(messages: Sequence[Message], role: str) -> Any:
    """The text of a single message of the role, else messages as JSON values; "" for none."""
    if len(messages) == 1 and _is_word(messages[0], role):
        return messages[0].text
    return openai_messages(messages) if messages else ""


WRITER = Table()
