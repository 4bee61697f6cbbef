"""ShareGPT's ``conversations``: ``[{"from":"human","value":"…"},{"from":"gpt","value":"…"}]``.

As LLaMA-Factory and Axolotl read it, with ``system`` and ``tools`` columns beside it.
"""

from __future__ import annotations

from etude.data.conversations import Turn
from etude.data.shapes._base import Cells, Exchange, Look, Refusal, is_list
from etude.data.shapes._exchange import exchange_of
from etude.data.shapes._messages import OPENAI, SHAREGPT, Said, messages, refuse_tools
from etude.data.text import is_blank, normalise

_COLUMNS = ("conversations", "conversation")


class ShareGpt:
    """``from`` is human, gpt or system; function calls and observations are not supported yet."""

    key = "sharegpt"
    title = "ShareGPT conversations (`conversations`)"
    rank = 20
    reads = (*_COLUMNS, "system", "tools")
    keeps = ("system",)
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``conversations`` with lists of objects."""
        return any(look.lists(name) for name in _COLUMNS)

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """The messages, after the text of ``system`` where there is one."""
        refuse_tools(cells.get("tools"))
        column = next((name for name in _COLUMNS if cells.get(name) is not None), _COLUMNS[0])
        cell = cells.get(column)
        # Some files have OpenAI's keys under this name.
        known = is_list(cell) and '"role"' in str(cell) and '"from"' not in str(cell)
        said = messages(cell, column, OPENAI if known else SHAREGPT)
        system = normalise(cells.get("system") or "")
        if not is_blank(system):
            said = [Said(Turn("system", system)), *said]
        return exchange_of(said, labelled=labelled)


SHAPE = ShareGpt()
