"""Lists of messages, as OpenAI, TRL and ShareGPT have them: JSON to turns, or the fault's name.

It knows messages; which of them is the answer is for ``_exchange``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etude.data.conversations import Turn
from etude.data.shapes._base import Unusable
from etude.data.sources._values import unpaired
from etude.data.text import is_blank, normalise

_KEYS = frozenset({"role", "content", "name", "weight"})
_CALLS = frozenset(
    {"tool_calls", "function_call", "tool_call_id", "function_calls", "audio", "refusal"}
)
_OPENAI_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
_TOOL_ROLES = frozenset({"tool", "function", "ipython", "function_call", "observation"})


@dataclass(frozen=True)
class Said:
    """One message. ``weight`` 0: it is not to be learned. ``named``: it had a ``name``."""

    turn: Turn
    weight: int = 1
    named: bool = False


@dataclass(frozen=True)
class Dialect:
    """How a message says who speaks and what: the two keys, and the names of the roles."""

    role: str
    content: str
    roles: Mapping[str, str]
    keys: frozenset[str]


OPENAI = Dialect("role", "content", _OPENAI_ROLES, _KEYS)
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
    },
    frozenset({"from", "value", "weight"}),
)


def decoded(cell: str | None, column: str) -> Any:
    """The value of a cell that holds JSON.

    Raises:
        Unusable: it holds none, or half of a character.
    """
    try:
        found = json.loads(cell or "")
    except (ValueError, RecursionError):
        reason = f"`{column}` holds a text where a list or an object belongs"
        raise Unusable(reason, "data_type") from None
    # JSON inside a cell can spell what no file can hold; the readers saw only its escape.
    if "\\u" in str(cell) and unpaired({column: json.dumps(found, ensure_ascii=False)}):
        raise Unusable(f"`{column}` holds half of a character (a lone \\ud83d or the like)")
    return found


def messages(cell: str | None, column: str, dialect: Dialect = OPENAI) -> list[Said]:
    """The messages of a cell.

    Raises:
        Unusable: with the name of the first fault.
    """
    if cell is None or not cell.strip():
        raise Unusable(f"there is no list in `{column}`", "missing_messages_list")
    return messages_in(decoded(cell, column), column, dialect)


def messages_in(found: Any, column: str, dialect: Dialect = OPENAI) -> list[Said]:
    """The messages of a decoded value.

    Raises:
        Unusable: with the name of the first fault.
    """
    if not isinstance(found, list):
        raise Unusable(f"`{column}` holds no list", "data_type")
    if not found:
        raise Unusable(f"the list in `{column}` is empty", "missing_messages_list")
    return [_said(message, f"message {at}", dialect) for at, message in enumerate(found, 1)]


def _said(message: Any, where: str, dialect: Dialect) -> Said:
    if not isinstance(message, dict):
        raise Unusable(f"{where} is no object", "data_type")
    # Parquet writes every key of a list's objects, with null where a message has none.
    has = {key: value for key, value in message.items() if value is not None}
    refuse_calls(has, where)
    role = _role(message, has, where, dialect)
    if dialect.content not in message:
        raise Unusable(f"{where} has no `{dialect.content}`", "message_missing_key")
    for key in has:
        if key not in dialect.keys:
            raise Unusable(f"{where} has the key {key!r}", "message_unrecognized_key")
    content = text_of(has.get(dialect.content), where)
    if is_blank(content):
        raise Unusable(f"{where} says nothing", "missing_content")
    return Said(Turn(role, content), _weight(has, where, role), bool(has.get("name")))


def refuse_calls(has: Mapping[str, Any], where: str) -> None:
    """Say by name what a message holds that is not supported yet.

    Raises:
        Unusable: it holds tool calls, sound or a refusal.
    """
    for key in has:
        if key in _CALLS and has[key] not in ([], {}, ""):
            raise Unusable(f"{where} holds `{key}`, which is not supported yet")


def refuse_tools(cell: str | None) -> None:
    """Say that tools are not supported yet.

    Raises:
        Unusable: the cell holds some.
    """
    if cell is not None and cell.strip() not in ("", "[]", "{}", "null"):
        raise Unusable("it brings `tools` to call, which are not supported yet")


def _role(message: Any, has: Mapping[str, Any], where: str, dialect: Dialect) -> str:
    if dialect.role not in message:
        raise Unusable(f"{where} has no `{dialect.role}`", "message_missing_key")
    role = has.get(dialect.role)
    name = role.strip().lower() if isinstance(role, str) else ""
    if name in _TOOL_ROLES:
        raise Unusable(f"{where} is of the role {role!r}: tools are not supported yet")
    if name not in dialect.roles:
        raise Unusable(f"{where} has the role {json.dumps(role)}", "unrecognized_role")
    return dialect.roles[name]


def text_of(content: Any, where: str) -> str:
    """The text of a content: a text, or a list of parts that are all text.

    Raises:
        Unusable: it is neither, or a part is a picture, a sound or a file.
    """
    if isinstance(content, str):
        return normalise(content)
    if content is None:
        raise Unusable(f"{where} says nothing", "missing_content")
    if not isinstance(content, list):
        raise Unusable(f"the content of {where} is neither a text nor a list of parts", "data_type")
    texts = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in (None, "text"):
            raise Unusable(f"{where} holds {_part(str(kind))}, which is not supported yet")
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            raise Unusable(f"a part of {where} holds no text", "missing_content")
        texts.append(part["text"])
    return normalise("\n".join(texts))


def _part(kind: str) -> str:
    return {
        "image_url": "a picture (`image_url`)",
        "image": "a picture (`image`)",
        "input_image": "a picture (`input_image`)",
        "input_audio": "sound (`input_audio`)",
        "file": "a file (`file`)",
    }.get(kind, f"a part of the type {kind!r}")


def _weight(has: Mapping[str, Any], where: str, role: str) -> int:
    if "weight" not in has:
        return 1
    weight = has["weight"]
    if role != "assistant":
        raise Unusable(
            f"{where} has the key 'weight', which only the assistant's messages have",
            "message_unrecognized_key",
        )
    if weight not in (0, 1):
        raise Unusable(
            f"{where} has the weight {json.dumps(weight)}; it must be 0 or 1", "data_type"
        )
    return int(weight)
