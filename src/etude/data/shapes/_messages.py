"""Lists of messages, as OpenAI, TRL and ShareGPT have them: JSON to messages, or the fault's name.

It knows messages; which of them is the answer is for ``neutral.conversation`` and ``_exchange``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from etude.data.neutral import Call, Message, Part, Role, compact
from etude.data.shapes._base import Unusable
from etude.data.shapes._decoding import decoded
from etude.data.shapes._pictures import Pictures, picture
from etude.data.shapes._tools import calls_of, function_call
from etude.data.text import is_blank, normalise

_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "function_call", "tool_call_id"}
)
_UNREAD = ("audio", "refusal", "function_calls")
_ROLES = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
    "ipython": "tool",
}


@dataclass(frozen=True)
class Dialect:
    """How a message says who speaks and what: the two keys, and the names of the roles.

    ``calling``: roles whose content is JSON of calls.
    """

    role: str
    content: str
    roles: Mapping[str, str]
    keys: frozenset[str]
    calling: frozenset[str] = frozenset()


OPENAI = Dialect("role", "content", _ROLES, _KEYS)
SHAREGPT = Dialect(
    "from",
    "value",
    {
        "human": "user",
        "user": "user",
        "gpt": "assistant",
        "chatgpt": "assistant",
        "assistant": "assistant",
        "system": "system",
        "function_call": "assistant",
        "tool_call": "assistant",
        "observation": "tool",
        "function_response": "tool",
        "tool": "tool",
    },
    frozenset({"from", "value", "weight", "name"}),
    frozenset({"function_call", "tool_call"}),
)


def messages(
    cell: str | None, column: str, dialect: Dialect = OPENAI, images: str | None = None
) -> list[Message]:
    """The messages of a cell; ``images`` is the cell of pictures that they show.

    Raises:
        Unusable: with the name of the first fault.
    """
    if cell is None or not cell.strip():
        raise Unusable(f"there is no list in `{column}`", "missing_messages_list")
    return messages_in(decoded(cell, column), column, dialect, images)


def messages_in(
    found: Any, column: str, dialect: Dialect = OPENAI, images: str | None = None
) -> list[Message]:
    """The messages of a decoded value.

    Raises:
        Unusable: with the name of the first fault.
    """
    if not isinstance(found, list):
        raise Unusable(f"`{column}` holds no list", "data_type")
    if not found:
        raise Unusable(f"the list in `{column}` is empty", "missing_messages_list")
    pictures = Pictures(images)
    made = [
        _message(message, f"message {at}", dialect, pictures) for at, message in enumerate(found, 1)
    ]
    pictures.all_shown()
    return made


def _message(message: Any, where: str, dialect: Dialect, pictures: Pictures) -> Message:
    if not isinstance(message, dict):
        raise Unusable(f"{where} is no object", "data_type")
    # Parquet writes every key of a list's objects, with null where a message has none.
    has = {key: value for key, value in message.items() if value is not None}
    for key in _UNREAD:
        if has.get(key) not in (None, [], {}, ""):
            raise Unusable(f"{where} holds `{key}`, which is not supported yet")
        has.pop(key, None)
    written, role = _role(message, has, where, dialect)
    calls = _calls(has, where, role)
    if dialect.content not in message and not calls:
        raise Unusable(f"{where} has no `{dialect.content}`", "message_missing_key")
    for key in has:
        if key not in dialect.keys:
            raise Unusable(f"{where} has the key {key!r}", "message_unrecognized_key")
    content = has.get(dialect.content)
    if written in dialect.calling:
        calls, content = calls_of(content, where), None
    parts = tuple(parts_of(content, where, pictures, marked=dialect is SHAREGPT))
    if not calls and all(part.kind == "text" for part in parts):
        _says_something(parts, where, role)
    return Message(
        role=role,
        parts=parts if any(part.value for part in parts) else (),
        listed=isinstance(content, list),
        name=_text(has, "name", where),
        weight=_weight(has, where, role),
        calls=calls,
        call_id=_text(has, "tool_call_id", where),
    )


def _says_something(parts: tuple[Part, ...], where: str, role: Role) -> None:
    # A tool may well answer with nothing.
    if role != "tool" and is_blank(normalise("\n".join(part.value for part in parts))):
        raise Unusable(f"{where} says nothing", "missing_content")


def _role(message: Any, has: Mapping[str, Any], where: str, dialect: Dialect) -> tuple[str, Role]:
    """The role as it is written, and what it means."""
    if dialect.role not in message:
        raise Unusable(f"{where} has no `{dialect.role}`", "message_missing_key")
    role = has.get(dialect.role)
    name = role.strip().lower() if isinstance(role, str) else ""
    if name not in dialect.roles:
        raise Unusable(f"{where} has the role {compact(role)}", "unrecognized_role")
    return name, cast("Role", dialect.roles[name])


def _calls(has: Mapping[str, Any], where: str, role: Role) -> tuple[Call, ...]:
    """The calls in ``tool_calls`` or, as it was before, in ``function_call``."""
    listed, old = has.get("tool_calls") or None, has.get("function_call") or None
    if listed is None and old is None:
        return ()
    if role != "assistant":
        key = "tool_calls" if listed is not None else "function_call"
        raise Unusable(
            f"{where} has the key {key!r}, which only the assistant's messages have",
            "message_unrecognized_key",
        )
    if listed is None:
        return (function_call(old, where),)
    if not isinstance(listed, list):
        raise Unusable(f"the `tool_calls` of {where} are no list", "data_type")
    return tuple(_tool_call(call, where) for call in listed)


def _tool_call(call: Any, where: str) -> Call:
    if not isinstance(call, dict):
        raise Unusable(f"a call in {where} is no object", "data_type")
    identity = call.get("id")
    if identity is not None and not isinstance(identity, str):
        raise Unusable(f"the `id` of a call in {where} is no text", "data_type")
    # TRL's messages may leave the wrapping out.
    return function_call(call.get("function") or call, where, identity)


def parts_of(
    content: Any, where: str, pictures: Pictures | None = None, *, marked: bool = False
) -> Iterator[Part]:
    """The pieces of a content: a text, or a list of parts.

    Args:
        content: as it was decoded; None has no pieces.
        where: the message, for reasons.
        pictures: those in a column of their own.
        marked: ``<image>`` in a text stands for the next of them.

    Raises:
        Unusable: it is neither, or a part is at fault.
    """
    pictures = pictures or Pictures(None)
    if content is None:
        return
    if isinstance(content, str):
        yield from pictures.within(content) if marked else (Part("text", content),)
        return
    if not isinstance(content, list):
        raise Unusable(f"the content of {where} is neither a text nor a list of parts", "data_type")
    for part in content:
        yield _part(part, where, pictures)


def _part(part: Any, where: str, pictures: Pictures) -> Part:
    if not isinstance(part, dict):
        raise Unusable(f"a part of {where} holds no text", "missing_content")
    has = {key: value for key, value in part.items() if value is not None}
    kind = has.get("type", "text")
    if kind == "text":
        if not isinstance(has.get("text"), str):
            raise Unusable(f"a part of {where} holds no text", "missing_content")
        return Part("text", has["text"])
    if kind in ("image_url", "image", "input_image"):
        return picture(has, where, pictures)
    if kind in ("input_audio", "file", "refusal"):
        return Part("other", compact(has))
    raise Unusable(f"{where} holds a part of the type {kind!r}, which is not supported yet")


def _text(has: Mapping[str, Any], key: str, where: str) -> str | None:
    found = has.get(key)
    if found is not None and not isinstance(found, str):
        raise Unusable(f"the `{key}` of {where} is no text", "data_type")
    return found


def _weight(has: Mapping[str, Any], where: str, role: str) -> int | None:
    if "weight" not in has:
        return None
    weight = has["weight"]
    if role != "assistant":
        raise Unusable(
            f"{where} has the key 'weight', which only the assistant's messages have",
            "message_unrecognized_key",
        )
    if weight not in (0, 1):
        raise Unusable(f"{where} has the weight {compact(weight)}; it must be 0 or 1", "data_type")
    return int(weight)
