"""TRL's ``prompt`` and ``completion``, as texts or as lists of messages; and KTO's, where a
``label`` says whether the completion was liked.

https://huggingface.co/docs/trl/dataset_formats
"""

from __future__ import annotations

from etude.data.neutral import Example, Message, said
from etude.data.shapes._base import Cells, Look, Refusal, Unusable
from etude.data.shapes._cells import full_text, is_truth, prompt, truth
from etude.data.shapes._exchange import listed
from etude.data.shapes._messages import messages
from etude.data.shapes._tools import tools


class PromptCompletion:
    """With a ``label`` of true and false, rows that were not liked are left out of plain examples."""

    key = "prompt_completion"
    title = "`prompt` and `completion`"
    rank = 50
    reads = ("prompt", "completion", "tools", "label", "images")
    keeps = ("label",)
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """Both columns, and no ``label`` that is something else than true or false."""
        if not look.labelled and look.has("prompt") and not look.has("input"):
            return True
        return look.has("prompt", "completion") and all(
            is_truth(row.get("label")) for row in look.head
        )

    def reason(self, look: Look) -> str:
        """The columns, and the verdict where there is one."""
        if look.has("label"):
            return "`prompt` and `completion`, and a `label` that is true or false"
        return "`prompt` and `completion`" if look.has("completion") else "`prompt`"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """What is asked, the completion, and whether it was liked."""
        liked = truth(cells.get("label"), "label") if labelled else None
        asked = prompt(cells.get("prompt"), "prompt", cells.get("images"))
        named = tools(cells.get("tools"))
        if not labelled:
            return Example(asked, tools=named)
        answer = _completion(cells.get("completion"))
        return Example(asked, answer, liked=liked, tools=named)


def _completion(cell: str | None) -> tuple[Message, ...]:
    if not listed(cell):
        return (said("assistant", full_text(cell, "completion")),)
    found = messages(cell, "completion")
    if not any(one.role == "assistant" for one in found):
        raise Unusable(
            "no message of `completion` is the assistant's", "example_missing_assistant_message"
        )
    return tuple(found)


SHAPE = PromptCompletion()
