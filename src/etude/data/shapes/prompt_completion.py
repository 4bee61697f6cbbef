"""TRL's ``prompt`` and ``completion``, as texts or as lists of messages; and KTO's, where a
``label`` says whether the completion was liked.

https://huggingface.co/docs/trl/dataset_formats
"""

from __future__ import annotations

from etude.data.shapes._base import Cells, Exchange, Look, Refusal, Unusable, Verdict
from etude.data.shapes._exchange import exchange_of, full_text, listed, prompt_turns
from etude.data.shapes._messages import Said, messages, refuse_tools

_LIKED = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


class PromptCompletion:
    """With a ``label`` of true and false, rows that were not liked are left out."""

    key = "prompt_completion"
    title = "`prompt` and `completion`"
    rank = 50
    reads = ("prompt", "completion", "tools")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """Both columns, and no ``label`` that is something else than true or false."""
        if not look.labelled and look.has("prompt") and not look.has("input"):
            return True
        return look.has("prompt", "completion") and all(
            is_verdict(row.get("label")) for row in look.head
        )

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """What is asked, and the completion."""
        refuse_tools(cells.get("tools"))
        if labelled and cells.get("label") is not None and not is_liked(cells):
            raise Unusable("its completion was not liked (`label`), so it is not to be learned")
        turns = prompt_turns(cells.get("prompt"), "prompt")
        cell = cells.get("completion")
        if not labelled:
            return Exchange(turns, "")
        if listed(cell):
            said = [*map(Said, turns), *messages(cell, "completion")]
            if not any(one.turn.role == "assistant" for one in said[len(turns) :]):
                raise Unusable(
                    "no message of `completion` is the assistant's",
                    "example_missing_assistant_message",
                )
            return exchange_of(said, labelled=True)
        signs = {"several_answers"} if any(turn.role == "assistant" for turn in turns) else ()
        return Exchange(turns, full_text(cell, "completion"), frozenset(signs))

    def verdict(self, cells: Cells) -> Verdict:
        """What is asked, the completion, and whether it was liked.

        Raises:
            Unusable: the row is at fault.
        """
        liked = is_liked(cells)
        without = {name: cell for name, cell in cells.items() if name != "label"}
        found = self.read(without, labelled=True, chat=True)
        return Verdict(found.asked, found.answer, liked)


def is_verdict(cell: str | None) -> bool:
    """Whether a ``label`` is absent, true or false."""
    return cell is None or not cell.strip() or cell.strip().lower() in _LIKED


def is_liked(cells: Cells) -> bool:
    """Whether the ``label`` is true.

    Raises:
        Unusable: it is neither true nor false.
    """
    cell = (cells.get("label") or "").strip().lower()
    if cell not in _LIKED:
        raise Unusable("its `label` is neither true nor false", "data_type")
    return _LIKED[cell]


SHAPE = PromptCompletion()
