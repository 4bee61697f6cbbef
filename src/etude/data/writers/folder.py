"""A folder of texts: what is asked and its answer, a text each.

What is no single text stands in its file as a list of messages in JSON, as in a cell of a table.
"""

from __future__ import annotations

from etude.data.neutral import Example
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, fitted
from etude.data.writers.table import cell_of

_HOLDS = Holds(pictures=True, openly=True, learned="each")


class Folder:
    """Two texts and nothing beside them: no tools, no second answer, no verdict."""

    key = "folder"
    title = "a folder of texts"
    lists = ()

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = fitted(example, _HOLDS, lost, self.title)
        if not held.answer:
            raise CantHold("none of its answers is to be learned")
        return [{"input": cell_of(held.asked, "user"), "target": cell_of(held.answer, "assistant")}]


WRITER = Folder()
