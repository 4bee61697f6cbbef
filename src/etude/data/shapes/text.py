"""TRL's ``text`` alone: one text a row, in which nothing marks where the answer begins."""

from __future__ import annotations

from etude.data.shapes._base import Cells, Exchange, Look, Refusal, Unusable


class Text:
    """Refused: a task is learned from what is asked and from the answer to it."""

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

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """Never called: the table is refused as a whole."""
        raise Unusable("nothing says where its answer begins")


SHAPE = Text()
