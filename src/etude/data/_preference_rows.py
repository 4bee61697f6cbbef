"""One row of a file of preferences, in each of the shapes that people have them in.

It knows columns and cells; the file as a whole is for ``preferences``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from etude.data.conversations import Turn
from etude.data.neutral import Example
from etude.data.shapes import plain_input
from etude.data.shapes._base import Cells, Choice, Unusable, Verdict, plain_columns
from etude.data.shapes._cells import full_text, truth
from etude.data.shapes._exchange import as_one, choice_of, listed, turn, verdict_of
from etude.data.shapes._finding import look_at
from etude.data.shapes._messages import messages
from etude.data.shapes._table import rows_of, shown
from etude.data.shapes.chosen_rejected import SHAPE as PAIRS
from etude.data.shapes.openai_preference import SHAPE as OPENAI
from etude.data.shapes.prompt_completion import SHAPE as VERDICTS
from etude.data.sources import Table
from etude.data.tables import input_columns, texts_of
from etude.data.text import is_blank, normalise
from etude.errors import DataError
from etude.records.dataset import Reject
from etude.records.task import WRITING, Task

PAIR = ("chosen", "rejected")
LIKED = ("completion", "label")
_EITHER = (
    "the task's own input columns (or prompt) with chosen and rejected, or with completion and "
    "label; or input, preferred_output and non_preferred_output"
)


@dataclass(frozen=True)
class Row:
    """``asked`` is the input in the task's form, but for ``instructions`` of its own; ``answers``
    are the better and the worse one, or one alone with ``liked``."""

    line: int
    instructions: str
    asked: str | tuple[Turn, ...]
    answers: tuple[str, ...]
    liked: bool | None = None


Rows = Iterator[Row | Reject]


def rows(table: Table, task: Task, described: str | None) -> tuple[str, Rows]:
    """What the shape is called, and the table's rows.

    Args:
        table: the file, read.
        task: its kind, and the columns of its input.
        described: what the examples' input was read from, where the task file names no column.

    Raises:
        DataError: the columns are those of no known shape, or one of the input's is missing.
    """
    columns = plain_columns(table.columns)
    needed = input_columns(task.data, described or "") if task.data.input or described else ()
    own = bool(needed) and needed != ("prompt",) and set(needed) <= set(table.columns)
    for answers in (PAIR, LIKED):
        if own and set(answers) <= set(columns):
            title = f"`{'`, `'.join(needed)}` with `{answers[0]}` and `{answers[1]}`"
            return title, _own(table, task, described or "", answers)
    return _of_shape(table, task)


def _own(table: Table, task: Task, described: str, answers: tuple[str, str]) -> Rows:
    texts = texts_of(table, task.data, described, with_context=task.kind in WRITING)
    for text, (line, cells) in zip(texts, rows_of(table), strict=True):
        try:
            yield _own_row(line, cells, text, task.kind == "chat", answers)
        except Unusable as error:
            yield _reject(table, line, error, text)


def _own_row(line: int, cells: Cells, text: str, chat: bool, answers: tuple[str, str]) -> Row:
    if is_blank(text):
        raise Unusable("the input is empty")
    if chat:
        text, fault = plain_input(text)
        if fault is not None:
            raise Unusable(fault)
    if answers == PAIR:
        return Row(line, "", text, tuple(_answer(cells, name) for name in PAIR))
    liked = truth(cells.get("label") or "", "label")
    return Row(line, "", text, (_answer(cells, "completion"),), liked)


def _answer(cells: Cells, column: str) -> str:
    """The answer that a cell holds: a text, or the last message of a list."""
    if not listed(cells.get(column)):
        return normalise(full_text(cells.get(column), column))
    last = messages(cells.get(column), column)[-1]
    if last.role != "assistant":
        raise Unusable(
            f"`{column}` does not end with a message of the assistant's",
            "example_missing_assistant_message",
        )
    if not last.plain:
        raise Unusable("preferences with calls of tools or pictures can't be learned from yet")
    return turn(last).content


def _of_shape(table: Table, task: Task) -> tuple[str, Rows]:
    look = look_at(table, task, labelled=True)
    if OPENAI.matches(look):
        return OPENAI.title, _read(table, task, _choice(OPENAI.read))
    if PAIRS.matches(look):
        return PAIRS.title, _read(table, task, _choice(PAIRS.read))
    if look.has("prompt", *LIKED):
        return f"{VERDICTS.title} with `label`", _read(table, task, _verdict)
    raise DataError(
        f"these are no preferences: the columns are {', '.join(table.columns)}",
        where=table.path,
        expected=_EITHER,
        hint="rename the columns, or change `preferences` under `data` in etude.yaml",
    )


def _choice(read: Callable[..., Example]) -> Callable[[Cells], Choice]:
    return lambda cells: choice_of(read(cells, labelled=True))


def _verdict(cells: Cells) -> Verdict:
    return verdict_of(VERDICTS.read(cells, labelled=True))


def _read(table: Table, task: Task, read: Callable[[Cells], Choice | Verdict]) -> Rows:
    columns = plain_columns(table.columns)
    for line, cells in rows_of(table):
        try:
            found = read(cells)
            asked: str | tuple[Turn, ...] = found.asked
            instructions = ""
            if task.kind != "chat":
                instructions, asked = as_one(found.asked)
        except Unusable as error:
            yield _reject(table, line, error, shown(cells, list(columns)))
            continue
        if isinstance(found, Choice):
            yield Row(line, instructions, asked, (found.chosen, found.rejected))
        else:
            yield Row(line, instructions, asked, (found.answer,), found.liked)


def _reject(table: Table, line: int, error: Unusable, text: str) -> Reject:
    return Reject(path=table.path, line=line, reason=error.reason, text=text[:500])
