"""TRL's ``text`` alone: one text a row, in which nothing marks where the answer begins."""

from __future__ import annotations

from etude.data.neutral import Example, said
from etude.data.shapes._base import Cells, Look, Refusal
from etude.data.shapes._cells import full_text


class Text:
    """Refused where something is to be learned: a task has a question and the answer to it."""

    key = "text"
    title = "`text` alone"
    rank = 90
    reads = ("text",)
    keeps = ()
    refusal: Refusal | None = Refusal(
        "each row is one `text`, and nothing says where the answer in it begins",
        "what is asked and the right answer to it, such as the columns input and target, "
        "prompt and completion, or messages",
        "take each text apart into two columns",
    )

    def matches(self, look: Look) -> bool:
        """No other column, where an answer is needed."""
        return look.labelled and look.columns == {"text"}

    def reason(self, look: Look) -> str:
        """The column."""
        return "`text` and nothing beside it"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """All of it as an answer to nothing."""
        return Example((), (said("assistant", full_text(cells.get("text"), "text")),))


SHAPE = Text()
