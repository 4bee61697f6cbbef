"""ShareGPT's ``conversations``: ``[{"from":"human","value":"…"},{"from":"gpt","value":"…"}]``.

As LLaMA-Factory and Axolotl read it, with ``system``, ``tools`` and ``images`` columns beside it;
``function_call`` says a call in JSON, ``observation`` answers it
(https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md).
"""

from __future__ import annotations

from etude.data.neutral import Example, conversation, said
from etude.data.shapes._base import Cells, Look, Refusal, is_list
from etude.data.shapes._cells import given
from etude.data.shapes._messages import OPENAI, SHAREGPT, messages
from etude.data.shapes._tools import tools

_COLUMNS = ("conversations", "conversation")


class ShareGpt:
    """``from`` is human, gpt, system, function_call or observation."""

    key = "sharegpt"
    title = "ShareGPT conversations (`conversations`)"
    rank = 20
    reads = (*_COLUMNS, "system", "tools", "images")
    keeps = ("system",)
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``conversations`` with lists of objects."""
        return any(look.lists(name) for name in _COLUMNS)

    def reason(self, look: Look) -> str:
        """The column and its keys."""
        column = next((name for name in _COLUMNS if look.lists(name)), _COLUMNS[0])
        theirs = any(_is_openai(row.get(column)) for row in look.head)
        return f"`{column}` with " + ("`role` and `content`" if theirs else "`from` and `value`")

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """The messages, after the text of ``system`` where there is one."""
        column = next((name for name in _COLUMNS if cells.get(name) is not None), _COLUMNS[0])
        cell = cells.get(column)
        # Some files have OpenAI's keys under this name.
        dialect = OPENAI if _is_openai(cell) else SHAREGPT
        found = messages(cell, column, dialect, cells.get("images"))
        system = given(cells.get("system"))
        before = [said("system", system)] if system else []
        return conversation([*before, *found], tools=tools(cells.get("tools")))


def _is_openai(cell: str | None) -> bool:
    return is_list(cell) and '"role"' in str(cell) and '"from"' not in str(cell)


SHAPE = ShareGpt()
