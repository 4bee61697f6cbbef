"""TRL's preference pairs: ``prompt``, ``chosen``, ``rejected``, as texts or as lists of messages.

Without ``prompt`` the messages that both conversations begin with are what is asked
(https://huggingface.co/docs/trl/dataset_formats, "implicit prompt").
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.data.conversations import Turn
from etude.data.shapes._base import Cells, Choice, Exchange, Look, Refusal, Unusable
from etude.data.shapes._exchange import asked, full_text, listed, prompt_turns
from etude.data.shapes._messages import messages, refuse_tools


class ChosenRejected:
    """As a plain example the chosen answer is the target."""

    key = "chosen_rejected"
    title = "preference pairs (`prompt`, `chosen`, `rejected`)"
    rank = 45
    reads = ("prompt", "chosen", "rejected", "tools")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """``chosen`` and ``rejected``, with a prompt or as whole conversations."""
        return look.has("chosen", "rejected") and (look.has("prompt") or look.lists("chosen"))

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """What is asked, and the chosen answer."""
        refuse_tools(cells.get("tools"))
        turns, answer = answered(cells, "chosen")
        return Exchange(turns, answer if labelled else "")

    def choice(self, cells: Cells) -> Choice:
        """What is asked, and both answers.

        Raises:
            Unusable: the row is at fault, or the two don't answer the same.
        """
        refuse_tools(cells.get("tools"))
        turns, chosen = answered(cells, "chosen")
        others, rejected = answered(cells, "rejected")
        if turns != others:
            raise Unusable("`chosen` and `rejected` don't answer the same conversation")
        return Choice(turns, chosen, rejected)


def answered(cells: Cells, column: str) -> tuple[tuple[Turn, ...], str]:
    """What is asked and the answer in a column that is a text, an answer, or a whole conversation.

    Raises:
        Unusable: the row is at fault.
    """
    cell = cells.get(column)
    prompt = prompt_turns(cells["prompt"], "prompt") if cells.get("prompt") else ()
    if not listed(cell):
        if not prompt:
            raise Unusable(f"there is no `prompt`, and `{column}` is no list of messages")
        return prompt, full_text(cell, column)
    said = [one.turn for one in messages(cell, column)]
    if said[-1].role != "assistant":
        raise Unusable(
            f"`{column}` does not end with a message of the assistant's",
            "example_missing_assistant_message",
        )
    return asked(_joined(prompt, said[:-1])), said[-1].content


def _joined(prompt: Sequence[Turn], said: Sequence[Turn]) -> list[Turn]:
    """The prompt, then what goes on; a conversation that repeats the prompt is not doubled."""
    own = [turn for turn in said if turn.role != "system"]
    if prompt and own[: len(prompt)] == list(prompt):
        return list(said)
    if list(said[: len(prompt)]) == list(prompt):
        return list(said)
    return [*prompt, *said]


SHAPE = ChosenRejected()
