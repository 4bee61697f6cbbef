"""TRL's preference pairs: ``prompt``, ``chosen``, ``rejected``, as texts or as lists of messages.

Without ``prompt`` the messages that both conversations begin with are what is asked
(https://huggingface.co/docs/trl/dataset_formats, "implicit prompt").
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.data.neutral import Example, Message, said
from etude.data.shapes._base import Cells, Look, Refusal, Unusable
from etude.data.shapes._cells import full_text, given, not_learned, prompt
from etude.data.shapes._exchange import listed
from etude.data.shapes._messages import messages
from etude.data.shapes._tools import tools
from etude.data.text import normalise


class ChosenRejected:
    """As a plain example the chosen answer is the target."""

    key = "chosen_rejected"
    title = "preference pairs (`prompt`, `chosen`, `rejected`)"
    rank = 45
    reads = ("prompt", "chosen", "rejected", "tools", "images")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """``chosen`` and ``rejected``, with a prompt or as whole conversations."""
        return look.has("chosen", "rejected") and (look.has("prompt") or look.lists("chosen"))

    def reason(self, look: Look) -> str:
        """The columns."""
        before = "`prompt`, " if look.has("prompt") else ""
        return f"{before}`chosen` and `rejected`"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """What is asked, and both answers; the worse one may be absent."""
        cell = cells.get("prompt")
        asked = prompt(cell, "prompt", cells.get("images")) if given(cell) else ()
        named = tools(cells.get("tools"))
        if not labelled and asked:
            return Example(asked, tools=named)
        chosen = _answered(cells, "chosen", asked)
        if not given(cells.get("rejected")):
            begins = len(chosen) - 1
            worse: tuple[Message, ...] = ()
        else:
            others = _answered(cells, "rejected", asked)
            begins = _shared(chosen, others)
            worse = tuple(others[begins:])
        return Example(not_learned(chosen[:begins]), tuple(chosen[begins:]), worse, tools=named)


def _answered(cells: Cells, column: str, asked: Sequence[Message]) -> list[Message]:
    """The whole conversation of a column that is a text, an answer, or a conversation.

    Raises:
        Unusable: the row is at fault.
    """
    cell = cells.get(column)
    if not listed(cell):
        if not asked:
            raise Unusable(f"there is no `prompt`, and `{column}` is no list of messages")
        return [*asked, said("assistant", full_text(cell, column))]
    found = messages(cell, column)
    if found[-1].role != "assistant":
        raise Unusable(
            f"`{column}` does not end with a message of the assistant's",
            "example_missing_assistant_message",
        )
    whole = _joined(asked, found)
    if not any(one.role == "user" for one in whole[:-1]):
        raise Unusable("nothing is asked: no message of the user's comes before the answer")
    return whole


def _shared(one: Sequence[Message], other: Sequence[Message]) -> int:
    """How many messages both begin with, each keeping its last for itself."""
    most = min(len(one), len(other)) - 1
    return next((at for at in range(most) if _key(one[at]) != _key(other[at])), most)


def _joined(asked: Sequence[Message], found: Sequence[Message]) -> list[Message]:
    """The prompt, then what goes on; a conversation that repeats the prompt is not doubled."""
    wanted = [_key(one) for one in asked]
    if asked and [_key(one) for one in found if one.role != "system"][: len(asked)] == wanted:
        return list(found)
    if [_key(one) for one in found[: len(asked)]] == wanted:
        return list(found)
    return [*asked, *found]


def _key(message: Message) -> tuple[object, ...]:
    """What makes two messages the same: how a text is spaced at its ends, or whether it is a list
    of one part, does not."""
    others = tuple(part for part in message.parts if part.kind != "text")
    return (message.role, normalise(message.text), others, message.calls, message.call_id)


SHAPE = ChosenRejected()
