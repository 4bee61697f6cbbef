"""Plain columns read as an example: an input, its ideal answer, and what may stand beside them.

It reads what ``writers.table`` writes, and any two columns that a person names.
"""

from __future__ import annotations

from collections.abc import Mapping

from etude.data.columns import HOLE, find_roles
from etude.data.names import plain
from etude.data.neutral import Example, Message, Role, conversation, said
from etude.data.shapes._base import Cells, Unusable
from etude.data.shapes._cells import full_text, given, truth
from etude.data.shapes._exchange import listed
from etude.data.shapes._messages import messages
from etude.data.shapes._tools import tools
from etude.data.sources import Table
from etude.data.text import is_blank, normalise
from etude.records.task import Data

BESIDE = ("system", "tools", "parallel_tool_calls")
"""Plain names of columns that are read beside the input."""
PAIR = ("chosen", "rejected")
LIKED = ("completion", "label")


class PlainColumns:
    """How the rows of one table are read.

    ``used`` are its columns that an example is made of, ``family`` what their answers are.

    Raises:
        DataError: the columns of the input or of the answer are not found.
    """

    def __init__(self, table: Table, data: Data) -> None:
        own = {plain(column): column for column in reversed(table.columns)}
        answers = () if data.target else _answers(own)
        self.family = "pairs" if answers == PAIR else "liked" if answers else "answers"
        asked = _asked(data, own, answers)
        self.roles = find_roles(table.columns, asked, table.path, labelled=not answers)
        target = None if answers else self.roles.target
        taken = {*self.roles.input, target}
        self.beside = {name: own[name] for name in BESIDE if name in own and own[name] not in taken}
        self.answers = {name: own[name] for name in answers}
        self.used = frozenset(
            name
            for name in (*taken, *self.beside.values(), *self.answers.values())
            if name is not None
        )

    @property
    def reason(self) -> str:
        """What the columns were taken for."""
        asked = " and ".join(f"`{name}`" for name in self.roles.input)
        answers = " and ".join(f"`{name}`" for name in self.answers.values())
        return f"{asked} as what is asked, {answers or f'`{self.roles.target}`'} as the answer"

    def read(self, cells: Cells) -> Example:
        """One row, by the columns' own names.

        Raises:
            Unusable: the input or the answer is empty, or a list of messages is at fault.
        """
        system = given(self._beside(cells, "system"))
        asked = _messages(self._input(cells), "user")
        if system:
            asked = (said("system", system), *asked)
        named = tools(self._beside(cells, "tools"))
        both = self._beside(cells, "parallel_tool_calls")
        parallel = truth(both, "parallel_tool_calls") if given(both) else None
        if self.family == "pairs":
            better, worse = (self._messages(cells, self.answers[name]) for name in PAIR)
            return Example(asked, better, worse, tools=named, parallel=parallel)
        if self.family == "liked":
            answer = self._messages(cells, self.answers["completion"])
            liked = truth(cells.get(self.answers["label"]) or "", "label")
            return Example(asked, answer, liked=liked, tools=named, parallel=parallel)
        answer = self._messages(cells, str(self.roles.target))
        return conversation([*asked, *answer], tools=named, parallel=parallel)

    def _beside(self, cells: Cells, name: str) -> str | None:
        return cells.get(self.beside[name]) if name in self.beside else None

    def _messages(self, cells: Cells, column: str) -> tuple[Message, ...]:
        return _messages(full_text(cells.get(column), column), "assistant")

    def _input(self, cells: Cells) -> str:
        columns, template = self.roles.input, self.roles.template
        if template is None and len(columns) == 1:
            return full_text(cells.get(columns[0]), columns[0])
        values = {name: cells.get(name) or "" for name in columns}
        if is_blank(normalise("".join(values.values()))):
            raise Unusable("the input is empty", "missing_content")
        if template is None:
            return "\n".join(f"{name}: {cell}" for name, cell in values.items() if cell)
        pieces = HOLE.split(template)
        return "".join(values[piece] if at % 2 else piece for at, piece in enumerate(pieces))


def _answers(own: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of two answers, or of one with a verdict, where the table has them."""
    return next((names for names in (PAIR, LIKED) if own.keys() >= set(names)), ())


def _asked(data: Data, own: Mapping[str, str], answers: tuple[str, ...]) -> Data:
    """The roles to look for: with two answers, or one and a verdict, no column is the target."""
    kept = Data(examples=data.examples, input=data.input, target=data.target)
    if not answers or data.input is not None:
        return kept
    others = [column for name, column in own.items() if name not in (*answers, *BESIDE)]
    if "input" in own:
        return kept.model_copy(update={"input": own["input"]})
    return kept.model_copy(update={"input": others[0]}) if len(others) == 1 else kept


def _messages(text: str, role: Role) -> tuple[Message, ...]:
    return tuple(messages(text, "a cell")) if listed(text) else (said(role, text),)
