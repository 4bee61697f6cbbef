"""Alpaca's columns: ``instruction``, ``input``, ``output``, and LLaMA-Factory's ``system`` and
``history`` (earlier pairs of a question and its answer).

https://github.com/tatsu-lab/stanford_alpaca#data-release
"""

from __future__ import annotations

from etude.data.conversations import Turn
from etude.data.shapes._base import Cells, Exchange, Look, Refusal, Unusable
from etude.data.shapes._exchange import full_text
from etude.data.shapes._messages import decoded
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

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """The row as turns."""
        instruction = full_text(cells.get("instruction"), "instruction")
        below = _given(cells, "input")
        system, asked = _given(cells, "system"), instruction
        if below and chat:
            asked = f"{instruction}\n\n{below}"
        elif below:
            system, asked = "\n\n".join(filter(None, (system, instruction))), below
        turns = [Turn("system", system)] if system else []
        earlier = _history(cells.get("history"))
        answer = full_text(cells.get("output"), "output") if labelled else ""
        signs = frozenset({"several_answers"} if earlier else ())
        return Exchange((*turns, *earlier, Turn("user", asked)), answer, signs)


def _given(cells: Cells, name: str) -> str:
    text = normalise(cells.get(name) or "")
    return "" if is_blank(text) else text


def _history(cell: str | None) -> list[Turn]:
    if cell is None or not cell.strip():
        return []
    found = decoded(cell, "history")
    turns: list[Turn] = []
    for pair in found if isinstance(found, list) else [None]:
        if not (isinstance(pair, list) and len(pair) == 2 and all(map(_says, pair))):
            raise Unusable(
                "`history` is no list of pairs of a question and its answer", "data_type"
            )
        turns += [Turn("user", normalise(pair[0])), Turn("assistant", normalise(pair[1]))]
    return turns


def _says(text: object) -> bool:
    return isinstance(text, str) and not is_blank(normalise(text))


SHAPE = Alpaca()
