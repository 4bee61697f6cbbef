"""One example as any shape can hold it: messages with tools, pictures, weights and names, a second
answer, a verdict. Texts are as people wrote them, not normalised.

Readers of shapes make it, writers of shapes take it apart; what is learned from it is for
``shapes._exchange``. A person's other columns are not in it: they stay in their table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "developer", "user", "assistant", "tool"]


def compact(value: Any) -> str:
    """JSON on one line without spaces, every letter as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Part:
    """A piece of a message.

    ``text``: for people to read. ``picture``: the path, the address or the data URL of one.
    ``other``: JSON of a piece that no shape but OpenAI's knows (sound, a file). ``detail`` is
    OpenAI's wish for a picture.
    """

    kind: Literal["text", "picture", "other"]
    value: str
    detail: str | None = None


@dataclass(frozen=True)
class Call:
    """A call of a tool; ``arguments`` is JSON text, as the model wrote it."""

    name: str
    arguments: str
    id: str | None = None


@dataclass(frozen=True)
class Message:
    """One message.

    ``parts`` is empty where it says nothing (an assistant that calls tools). ``listed``: its
    content was a list of parts. ``weight`` 0: not to be learned. ``call_id``: the call that a
    tool's message answers.
    """

    role: Role
    parts: tuple[Part, ...] = ()
    listed: bool = False
    name: str | None = None
    weight: int | None = None
    calls: tuple[Call, ...] = ()
    call_id: str | None = None

    @property
    def text(self) -> str:
        """Its words alone, a line between pieces."""
        return "\n".join(part.value for part in self.parts if part.kind == "text")

    @property
    def plain(self) -> bool:
        """Whether its words are all that it says."""
        return not self.calls and all(part.kind == "text" for part in self.parts)


@dataclass(frozen=True)
class Example:
    """What is asked, what is answered, and what belongs to both.

    ``answer`` begins with the assistant's message that is learned; where a conversation goes on
    after it, the rest follows. ``rejected``: a worse answer beside it. ``liked``: a person's verdict
    on the answer. ``tools``: JSON objects as OpenAI writes them. ``instruction``: what of the last
    message asked is an instruction above its input (Alpaca's).
    """

    asked: tuple[Message, ...]
    answer: tuple[Message, ...] = ()
    rejected: tuple[Message, ...] = ()
    liked: bool | None = None
    tools: tuple[str, ...] = ()
    parallel: bool | None = None
    instruction: str = ""

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is said, the worse answer left out."""
        return (*self.asked, *self.answer)

    @property
    def all_said(self) -> tuple[Message, ...]:
        """Every message there is."""
        return (*self.asked, *self.answer, *self.rejected)


def said(role: Role, text: str, weight: int | None = None) -> Message:
    """A message of words alone."""
    return Message(role, (Part("text", text),), weight=weight)


def conversation(messages: Sequence[Message], **more: Any) -> Example:
    """The last message of the assistant's that is to be learned begins the answer.

    Without one (none of the assistant's, or all with the weight 0) everything is asked.
    """
    for at in range(len(messages) - 1, -1, -1):
        if messages[at].role == "assistant" and messages[at].weight != 0:
            return Example(tuple(messages[:at]), tuple(messages[at:]), **more)
    return Example(tuple(messages), **more)


def content_of(message: Message) -> Any:
    """The content in OpenAI's form: a text, a list of parts, or None."""
    if not message.parts:
        return None
    if not message.listed and len(message.parts) == 1 and message.parts[0].kind == "text":
        return message.parts[0].value
    return [_part(part) for part in message.parts]


def _part(part: Part) -> Any:
    if part.kind == "text":
        return {"type": "text", "text": part.value}
    if part.kind == "other":
        return json.loads(part.value)
    detail = {} if part.detail is None else {"detail": part.detail}
    return {"type": "image_url", "image_url": {"url": part.value, **detail}}


def as_openai(message: Message) -> dict[str, Any]:
    """The message as OpenAI writes it."""
    made: dict[str, Any] = {"role": message.role, "content": content_of(message)}
    if message.name is not None:
        made["name"] = message.name
    if message.calls:
        made["tool_calls"] = [_call(call) for call in message.calls]
    if message.call_id is not None:
        made["tool_call_id"] = message.call_id
    if message.weight is not None:
        made["weight"] = message.weight
    return made


def _call(call: Call) -> Mapping[str, Any]:
    named = {} if call.id is None else {"id": call.id}
    function = {"name": call.name, "arguments": call.arguments}
    return {**named, "type": "function", "function": function}
