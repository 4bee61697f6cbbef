"""A caller's messages as the one input that a task's release reads.

The release brings its own instructions and examples, so a request carries only what the user
brings: the same system message is left out, another one refused unless it is allowed. One that all
examples' conversations began with is added where the caller leaves it out. An input of several columns
is a JSON object in the user's message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etude.data.conversations import Turn, as_input
from etude.data.tables import input_columns
from etude.errors import DataError, UsageError
from etude.jsonshape import NotJson, read_json
from etude.models._base import Message
from etude.records.release import Asked as Task
from etude.serving.answering._base import Call
from etude.serving.errors import ApiError
from etude.workflow.asked import Asked, Inputs, of_asked
from etude.workflow.openings import begun


@dataclass(frozen=True)
class Given:
    """``inputs`` holds one input; ``system`` is what the caller adds to the instructions, or ""."""

    inputs: Inputs
    system: str = ""

    @property
    def text(self) -> str:
        """The input in the task's form."""
        return self.inputs.texts[0]


def given(call: Call, task: Task, own_system: Sequence[str]) -> Given:
    """The input of a call to a release.

    Args:
        call: what was asked.
        task: what the release answers.
        own_system: system messages that the release has itself: they are left out.

    Raises:
        ApiError: it brings another system message, several turns where the task has one, or no
            text; or it names columns that the task does not read.
    """
    if call.messages is None:
        if isinstance(call.prompt, tuple):
            raise _refused("A release reads text, and these are token ids.", "prompt")
        return Given(_read(_alone(call.prompt or "", task), task))
    own, brought = _parted(call, task, own_system)
    system = _system(call, own)
    said = [one for one in call.messages if one.role != "system"]
    if not said or said[-1].role != "user" or not said[-1].content.strip():
        raise _refused("The last message must be the user's, and say something.")
    if task.task.kind == "chat":
        text = begun(_conversation([*brought, *said]), task.opening)
        return Given(_read(text, task), system)
    if len(said) > 1:
        raise _refused(
            f"This is a release of the task '{task.task.task}', which answers one input at a time, "
            f"and there are {len(said)} messages. Send the user's one message; the release adds its "
            "own instructions and examples."
        )
    return Given(_read(_row(said[0].content, task), task), system)


def _parted(call: Call, task: Task, own: Sequence[str]) -> tuple[Sequence[str], Sequence[Message]]:
    """The system messages that add nothing to the release, and those that are part of a conversation:
    as its examples brought them, they are read as they were when the candidate was compared."""
    if task.task.kind != "chat" or task.systems == ():
        return own, ()
    sent = [one for one in call.messages or () if one.role == "system" and one.content.strip()]
    if task.systems is None:
        return [*own, *(one.content for one in sent)], sent
    known = {_plain(text): text for text in task.systems}
    brought = [known[words] for one in sent if (words := _plain(one.content)) in known]
    return [*own, *brought], [Message("system", text) for text in brought]


def _system(call: Call, own: Sequence[str]) -> str:
    """What the caller's system messages add to the release's; "" for nothing."""
    known = {_plain(text) for text in own}
    others = [
        one.content.strip()
        for one in call.messages or ()
        if one.role == "system" and one.content.strip() and _plain(one.content) not in known
    ]
    if others and not call.allow_system:
        raise _refused(
            "A release brings its own instructions, and this system message is not the one it was "
            "compared with. Leave it out; or allow it: allow_system in the server's settings, or "
            '"etude": {"allow_system": true} in the request.'
        )
    return "\n\n".join(others)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _conversation(said: Sequence[Message]) -> str:
    """A conversation as the task's examples have it: one message is its own text."""
    only = said[0].content
    if len(said) == 1 and not only.lstrip().startswith("["):
        return only
    return as_input([Turn(one.role, one.content) for one in said])


def _alone(text: str, task: Task) -> Asked:
    """A text that comes without messages."""
    row = _row(text, task)
    return begun(row, task.opening) if task.task.kind == "chat" and isinstance(row, str) else row


def _row(text: str, task: Task) -> Asked:
    """The text itself, or the columns that a JSON object in it names, where the task has several."""
    if not text.strip():
        raise _refused("There is nothing to answer: the input is empty.")
    needed = input_columns(task.task.data, task.dataset.columns["input"])
    if len(needed) == 1 and not task.task.data.context:
        return text
    try:
        found = read_json(text)
    except NotJson:
        return text
    return _cells(found) if isinstance(found, dict) else text


def _cells(found: Mapping[str, object]) -> dict[str, str]:
    """A row's cells as a table would have them."""
    return {
        name: cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
        for name, cell in found.items()
    }


def _read(row: Asked, task: Task) -> Inputs:
    try:
        inputs = of_asked([row], task)
    except (DataError, UsageError) as error:
        expected = f"; expected {error.expected}" if error.expected else ""
        raise _refused(f"The input can't be read: {error.found}{expected}.") from error
    if not inputs.texts[0]:
        raise _refused("There is nothing to answer: the input's columns are empty.")
    return inputs


def _refused(message: str, param: str = "messages") -> ApiError:
    return ApiError(400, message, code="invalid_value", param=param)
