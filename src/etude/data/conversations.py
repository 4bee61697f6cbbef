"""Conversations as an input of kind ``chat``: compact JSON text of messages, and ways to look at it.

Messages may call tools, answer for them, or show pictures, in OpenAI's form; the tools that can be
called stand under ``tools`` of the first message. Who looks at words sees such things in brackets.
It knows the text of an input, and nothing of the shapes of files that conversations come from.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from etude.data.text import normal_form, short_hash
from etude.jsonshape import DEEPEST, is_deep

ROLES = ("system", "user", "assistant", "tool")
_SHOWN = 200
"""Characters of a picture's address that are shown; of a longer one its hash."""
_WORDS = frozenset({"role", "content"})
_DEEPEST = DEEPEST + 10
"""Brackets in one another: those of a cell, and the messages around it."""
_TAG = 6
"""Hexadecimal digits that stand for instructions that several conversations share."""


class Turn(NamedTuple):
    """One message; ``role`` is one of ``ROLES``."""

    role: str
    content: str


def as_input(turns: Sequence[Turn]) -> str:
    """The messages as compact JSON: ``[{"role":"user","content":"Hello"}]``."""
    listed = [{"role": turn.role, "content": turn.content} for turn in turns]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def turns_of(text: str) -> tuple[Turn, ...]:
    """The messages of an input in words; a text that is no list of messages is one of the user's."""
    found = _messages(text)
    if found is None:
        return (Turn("user", text),)
    return tuple(Turn(message["role"], _words(message)) for message in found)


def beyond_words(text: str) -> str | None:
    """What an input or an answer of a conversation holds that is no word: "tools" or "pictures";
    None where it is words alone."""
    found = _messages(text)
    if found is None:
        return "tools" if _is_call(text) else None
    if any("tools" in one or one.get("tool_calls") or one["role"] == "tool" for one in found):
        return "tools"
    return "pictures" if any(isinstance(one.get("content"), list) for one in found) else None


def openai_row(text: str, answer: str) -> dict[str, Any]:
    """An input and its answer as a row of OpenAI's, with everything that they hold."""
    said = _messages(text) or [{"role": "user", "content": text}]
    row: dict[str, Any] = {}
    first = dict(said[0])
    more = {key: first.pop(key) for key in ("tools", "parallel_tool_calls") if key in first}
    last = json.loads(answer) if _is_call(answer) else {"content": answer}
    row["messages"] = [first, *said[1:], {"role": "assistant", **last}]
    return row | more


def shown_call(name: str, arguments: str) -> str:
    """A call of a tool in words."""
    return f"[{name} {arguments}]"


def shown_picture(address: str) -> str:
    """A picture in words: two are the same where they have the same address."""
    return f"[picture {address if len(address) <= _SHOWN else short_hash(address)}]"


def _messages(text: str) -> list[dict[str, Any]] | None:
    """The decoded messages of an input, or None where it is no list of messages."""
    if not text.lstrip().startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(found, list) and found and all(map(is_message, found))):
        return None
    return None if is_deep(found, _DEEPEST) else found


def is_message(found: object) -> bool:
    """Whether a value is one message: a role that is known, and what it says."""
    if not isinstance(found, dict) or found.get("role") not in ROLES:
        return False
    content, calls = found.get("content"), found.get("tool_calls")
    if calls is not None and not (isinstance(calls, list) and all(map(_named, calls))):
        return False
    if isinstance(content, list):
        return bool(content) and all(isinstance(part, dict) for part in content)
    return isinstance(content, str) or (content is None and bool(calls or found["role"] == "tool"))


def _named(call: object) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return isinstance(function, dict) and isinstance(function.get("name"), str)


def _words(message: dict[str, Any]) -> str:
    """A message in words."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    said = [_part(part) for part in parts]
    for call in message.get("tool_calls") or ():
        function = call["function"]
        said.append(shown_call(function["name"], str(function.get("arguments", ""))))
    return "\n".join(filter(None, said)) if len(said) > 1 else said[0]


def _part(part: dict[str, Any]) -> str:
    if isinstance(part.get("text"), str):
        return str(part["text"])
    picture = part.get("image_url")
    url = picture.get("url") if isinstance(picture, dict) else None
    return shown_picture(url if isinstance(url, str) else json.dumps(part))


def _is_call(text: str) -> bool:
    """Whether an answer is the JSON of one that calls tools."""
    if not text.startswith("{") or '"tool_calls"' not in text:
        return False
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    named = isinstance(found, dict) and set(found) == {"content", "tool_calls"}
    return named and not is_deep(found, _DEEPEST)


def tidy(text: str) -> str:
    """An input as it is kept: a text that is JSON, but no list of messages, becomes the user's one
    message, so that nobody reads it as messages; others are as they were."""
    if not text.lstrip().startswith("["):
        return text
    found = _messages(text)
    if found is not None and not all(map(_is_plain, found)):
        return text
    return as_input(turns_of(text))


def _is_plain(message: dict[str, Any]) -> bool:
    return isinstance(message.get("content"), str) and not message.keys() - _WORDS


def flat(turns: Sequence[Turn]) -> str:
    """The messages as one text, a line a message; one message is its own text."""
    if len(turns) == 1:
        return turns[0].content
    return "\n".join(f"{turn.role}: {turn.content}" for turn in turns)


def cells(text: str) -> dict[str, str]:
    """What checks may name: ``last_user`` (the message to be answered) and ``conversation`` (all of
    it as text, without instructions)."""
    turns = turns_of(text)
    last = next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
    said = [turn for turn in turns if turn.role != "system"]
    return {"last_user": last, "conversation": flat(said)}


def with_context(text: str, between: str, context: str) -> str:
    """The input with what an answer may use at the end of the last message of the user's."""
    found = _messages(text)
    messages = [{"role": "user", "content": text}] if found is None else found
    last = next((one for one in reversed(messages) if one["role"] == "user"), None)
    if last is None:
        messages.append({"role": "user", "content": context})
    elif isinstance(last["content"], list):
        last["content"].append({"type": "text", "text": f"{between}{context}"})
    else:
        last["content"] = f"{last['content']}{between}{context}"
    if found is None and not text.lstrip().startswith("["):
        return str(messages[0]["content"])
    return json.dumps(messages, ensure_ascii=False, separators=(",", ":"))


def last_said(text: str) -> str | None:
    """The words of the user's last message; None where there is none, or none with words."""
    part = _last_words(_messages(text) or [{"role": "user", "content": text}])
    return None if part is None else str(part[0][part[1]])


def with_last_said(text: str, words: str) -> str:
    """The input with these words in the user's last message, everything else as it was.

    Raises:
        ValueError: there is no message with words of the user's.
    """
    found = _messages(text)
    if found is None:
        return words
    part = _last_words(found)
    if part is None:
        raise ValueError("no message of the user's has words")
    part[0][part[1]] = words
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _last_words(messages: list[dict[str, Any]]) -> tuple[dict[str, Any], str] | None:
    """What holds the words of the user's last message, and under which key."""
    last = next((one for one in reversed(messages) if one["role"] == "user"), None)
    content = last["content"] if last is not None else None
    if last is not None and isinstance(content, str):
        return last, "content"
    spoken = [part for part in content or () if isinstance(part.get("text"), str)]
    return (spoken[-1], "text") if spoken else None


def comparable(text: str, kind: str) -> str:
    """The normal form of an input of a kind: two inputs with the same one are the same input."""
    return normal_form(flat(turns_of(text)) if kind == "chat" else text)


def held_forms(inputs: Sequence[str], kind: str) -> frozenset[str]:
    """Normal forms by which a held-out input is known again: of a conversation also the one
    without its instructions, because other files often come without them."""
    forms = {comparable(text, kind) for text in inputs}
    if kind == "chat":
        forms |= {normal_form(flat(_said(turns_of(text)))) for text in inputs}
    return frozenset(forms - {""})


def _said(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.role != "system"]


def compared(conversations: Sequence[Sequence[Turn]]) -> list[str]:
    """The texts by which copies among conversations are found.

    What stands before the first message of the user's (instructions, a greeting) and is the same in
    several conversations is no part of what is asked. Left in, a long one would make all of them
    look alike, so a short tag stands for it.
    """
    opened = [_opening(turns) for turns in conversations]
    count = Counter(opening for opening, _ in opened)
    texts = []
    for opening, said in opened:
        if opening and count[opening] > 1:
            texts.append(f"{short_hash(flat(opening))[:_TAG]} {flat(said)}")
        else:
            texts.append(flat((*opening, *said)))
    return texts


def _opening(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """What comes before the user's first message, and the rest."""
    first = next((at for at, turn in enumerate(turns) if turn.role == "user"), 0)
    return tuple(turns[:first]), tuple(turns[first:])
