"""Alpaca's columns: ``instruction``, ``input``, ``output``, and LLaMA-Factory's ``system`` and
``history`` (earlier pairs of a question and its answer).

https://github.com/tatsu-lab/stanford_alpaca#data-release
"""

from __future__ import annotations

from etude.data.neutral import Example, Message, said
from etude.data.shapes._base import Cells, Look, Refusal, Unusable
from etude.data.shapes._cells import full_text, given
from etude.data.shapes._decoding import decoded
from etude.data.text import is_blank, normalise


class Alpaca:
    """The instruction and, where there is one, the input below it are what is asked.

    Where what is asked becomes one text, an instruction with an input below it counts as
    instructions: the same in every row, it belongs into the task file.
    """

    key = "alpaca"
    title = "Alpaca examples (`instruction`, `input`, `output`)"
    rank = 40
    reads = ("instruction", "input", "output", "system", "history")
    keeps = ("instruction", "system")
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """``instruction`` with ``output``."""
        return look.has("instruction") and (look.has("output") or not look.labelled)

    def reason(self, look: Look) -> str:
        """The columns."""
        have = [f"`{name}`" for name in ("instruction", "input", "output") if look.has(name)]
        return " and ".join(filter(None, (", ".join(have[:-1]), have[-1])))

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """The row as messages."""
        instruction = full_text(cells.get("instruction"), "instruction")
        below, system = given(cells.get("input")), given(cells.get("system"))
        text = f"{instruction}\n\n{below}" if below else instruction
        before = (said("system", system),) if system else ()
        return Example(
            (*before, *_history(cells.get("history")), said("user", text)),
            (said("assistant", full_text(cells.get("output"), "output")),) if labelled else (),
            instruction=instruction if below else "",
        )


def _history(cell: str | None) -> list[Message]:
    if cell is None or not cell.strip():
        return []
    found = decoded(cell, "history")
    turns: list[Message] = []
    for pair in found if isinstance(found, list) else [None]:
        if not (isinstance(pair, list) and len(pair) == 2 and all(map(_says, pair))):
            raise Unusable(
                "`history` is no list of pairs of a question and its answer", "data_type"
            )
        turns += [said("user", pair[0]), said("assistant", pair[1])]
    return turns


def _says(text: object) -> bool:
    return isinstance(text, str) and not is_blank(normalise(text))


SHAPE = Alpaca()
