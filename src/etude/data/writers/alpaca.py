"""Alpaca's columns: ``instruction``, ``input``, ``output``, and ``system`` and ``history`` where a
row needs them (LLaMA-Factory)."""

from __future__ import annotations

from collections.abc import Sequence

from etude.data.neutral import Example, Message
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, answered, fitted, leading_systems

_HOLDS = Holds(goes_on=False)


class Alpaca:
    """Words alone; earlier turns are pairs of a question and its answer."""

    key = "alpaca"
    title = "Alpaca"
    lists = ()

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = fitted(example, _HOLDS, lost, self.title)
        answered(held)
        system, said = leading_systems(held.asked, lost)
        pairs = _pairs(said)
        text = said[-1].text
        instruction, below = text, ""
        above = held.instruction
        if above and text.startswith(f"{above}\n\n"):
            instruction, below = above, text[len(above) + 2 :]
        row: Row = {"instruction": instruction, "input": below, "output": held.answer[0].text}
        if system:
            row["system"] = system
        if pairs:
            row["history"] = pairs
        return [row]


def _pairs(said: Sequence[Message]) -> list[list[str]]:
    """The earlier pairs, before the message that is answered."""
    roles = [one.role for one in said]
    if roles != [("user", "assistant")[at % 2] for at in range(len(said))] or roles[-1] != "user":
        raise CantHold("its messages are not the user's and the assistant's by turns")
    return [
        [asked.text, answer.text] for asked, answer in zip(said[:-1:2], said[1:-1:2], strict=True)
    ]


WRITER = Alpaca()
