"""The lines of an uploaded file as conversations or preferences, or everything wrong with them.

It reads what OpenAI documents, by this project's own readers (``data.sources``, ``data.shapes``).
What can't be learned from here (tools, pictures) is refused by name, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from etude.data.neutral import Example, Message
from etude.data.shapes import messages, openai_preference
from etude.data.shapes._base import Cells, FaultName, Unusable, plain_columns
from etude.data.sources import Table, read_table
from etude.errors import DataError
from etude.jobs.failing import FILE_FORMAT, TOO_FEW, Fault, JobFailed, bad_lines, without_paths

LEAST = 10
"""Examples of a training file."""
UNSUPPORTED = "unsupported_content"
NO_ANSWER: FaultName = "example_missing_assistant_message"
_READ = {"messages", "tools", "functions", "parallel_tool_calls"}
_PREFERENCE = {"input", "preferred_output", "non_preferred_output"}


@dataclass(frozen=True)
class Chat:
    """A conversation; ``line`` counts from 1 in the file."""

    line: int
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Preferred:
    """What is asked, with a better and a worse answer."""

    line: int
    asked: tuple[Message, ...]
    chosen: str
    rejected: str


Row = TypeVar("Row", Chat, Preferred)


@dataclass(frozen=True)
class Lines:
    """Everything that a file holds; ``notices`` say what of it is not used."""

    chats: tuple[Chat, ...] = ()
    preferred: tuple[Preferred, ...] = ()
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.chats) + len(self.preferred)


def read_chats(path: Path, param: str) -> Lines:
    """The conversations of a file.

    Args:
        path: a JSON Lines file.
        param: "training_file" or "validation_file".

    Raises:
        JobFailed: a line is at fault, or a training file has too few.
    """
    table = _table(path, param)
    if set(table.columns) >= _PREFERENCE and "messages" not in table.columns:
        raise JobFailed(
            FILE_FORMAT,
            "The file holds preferences (`input`, `preferred_output`, `non_preferred_output`); "
            'they are learned from with method {"type": "dpo"}.',
            param,
        )
    chats = _rows(table, param, _chat)
    return Lines(chats=chats, notices=_notices(table, _READ, [chat.messages for chat in chats]))


def read_preferred(path: Path, param: str) -> Lines:
    """The preferences of a file; see ``read_chats``."""
    table = _table(path, param)
    rows = _rows(table, param, _preferred)
    asked = [row.asked for row in rows]
    return Lines(preferred=rows, notices=_notices(table, _PREFERENCE, asked))


def _table(path: Path, param: str) -> Table:
    try:
        return read_table(path.name, path.parent)
    except DataError as error:
        place = f" ({error.hint})" if error.hint and error.hint.startswith("line ") else ""
        words = f"Invalid file format: {error.found}{place}. Expected one JSON object a line."
        raise JobFailed(FILE_FORMAT, without_paths(words), param) from error


def _rows(table: Table, param: str, read: Callable[[int, Cells], Row]) -> tuple[Row, ...]:
    faults = [Fault(one.line, FILE_FORMAT, one.reason) for one in table.rejects]
    made: list[Row] = []
    for line, cells in _cells(table):
        try:
            made.append(read(line, cells))
        except Unusable as error:
            reason, name = _named(error)
            faults.append(Fault(line, name, reason))
    if faults:
        raise bad_lines(param, sorted(faults, key=lambda fault: fault.line))
    if param == "training_file" and len(made) < LEAST:
        raise JobFailed(
            TOO_FEW,
            f"Training file has {len(made)} example(s), but must have at least {LEAST} examples",
            param,
        )
    return tuple(made)


def _cells(table: Table) -> Iterator[tuple[int, Cells]]:
    columns = plain_columns(table.columns)
    lines = (int(line) for line in table.lines)
    # Column by column: selected by name, one called "^$" would be taken for a pattern.
    values = (table.frame.get_column(old) for old in columns.values())
    rows = zip(*values, strict=True) if columns else (() for _ in range(len(table.frame)))
    return zip(lines, (dict(zip(columns, row, strict=True)) for row in rows), strict=True)


def _named(error: Unusable) -> tuple[str, str]:
    """The reason without its name, and the name."""
    if error.fault is None:
        return error.reason, UNSUPPORTED
    return error.reason.removesuffix(f" ({error.fault})"), error.fault


def _chat(line: int, cells: Cells) -> Chat:
    read = messages.SHAPE.read(cells, labelled=True)
    _words_alone(read)
    said = read.messages
    if all(message.role != "assistant" for message in said):
        raise Unusable("it has no message of the assistant's", NO_ANSWER)
    if said[-1].role != "assistant":
        raise Unusable("its last message is not the assistant's", NO_ANSWER)
    if all(message.weight == 0 for message in said if message.role == "assistant"):
        raise Unusable("all messages of the assistant's have the weight 0", NO_ANSWER)
    if said[0].role == "assistant":
        raise Unusable("nothing stands before the assistant's first message", "data_type")
    return Chat(line, said)


def _preferred(line: int, cells: Cells) -> Preferred:
    read = openai_preference.SHAPE.read(cells, labelled=True)
    _words_alone(read)
    if not read.rejected:
        raise Unusable("there is no `non_preferred_output`", NO_ANSWER)
    return Preferred(line, read.asked, read.answer[0].text, read.rejected[0].text)


def _words_alone(read: Example) -> None:
    """Refuse what no job here can learn from."""
    calls = any(message.calls or message.role == "tool" for message in read.all_said)
    if read.tools or calls:
        raise Unusable("it uses tools, which jobs on this server can't learn yet")
    kinds = {part.kind for message in read.all_said for part in message.parts}
    if "picture" in kinds:
        raise Unusable("it shows an image, which jobs on this server can't learn from yet")
    if "other" in kinds:
        raise Unusable("it holds sound or a file, which jobs on this server can't learn from")


def _notices(table: Table, read: set[str], said: Sequence[tuple[Message, ...]]) -> tuple[str, ...]:
    notices = []
    others = sorted(set(plain_columns(table.columns)) - read)
    if others:
        named = ", ".join(others[:5]) + (" and others" if len(others) > 5 else "")
        notices.append(f"Keys beside the examples are not used: {named}.")
    if any(message.name for one in said for message in one):
        notices.append("The `name` of messages is not used.")
    return tuple(notices)
