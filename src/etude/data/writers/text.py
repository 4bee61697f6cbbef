"""TRL's ``text``: one text a row, all of it learned."""

from __future__ import annotations

from etude.data.neutral import Example
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, fitted

_HOLDS = Holds(goes_on=False)


class Text:
    """A question and its answer become one text, which loses where the answer begins."""

    key = "text"
    title = "`text` alone"
    lists = ()

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = fitted(example, _HOLDS, lost, self.title)
        if not held.answer:
            raise CantHold("none of its answers is to be learned")
        if held.asked:
            lost.add("bounds")
        return [{"text": "\n\n".join(one.text for one in held.messages)}]


WRITER = Text()
