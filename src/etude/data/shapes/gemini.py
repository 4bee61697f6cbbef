"""Gemini's tuning files: ``{"systemInstruction":{"parts":[…]},"contents":[{"role","parts"}]}``.

https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from etude.data.neutral import Call, Example, Message, Part, Role, compact, conversation
from etude.data.shapes._base import Cells, Look, Refusal, Unusable
from etude.data.shapes._decoding import decoded
from etude.data.shapes._tools import function_call, tools
from etude.data.text import is_blank, normalise

_ROLES: dict[str, Role] = {
    "user": "user",
    "model": "assistant",
    "system": "system",
    "function": "tool",
    "tool": "tool",
}
_SYSTEM = ("systeminstruction", "system_instruction")


class Gemini:
    """``model`` is the assistant; parts are texts, pictures, calls of functions and their results."""

    key = "gemini"
    title = "Gemini conversations (`contents`)"
    rank = 30
    reads = ("contents", *_SYSTEM, "tools")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``contents`` with lists of objects."""
        return look.lists("contents")

    def reason(self, look: Look) -> str:
        """The column and its keys."""
        return "`contents` with `role` and `parts`"

    def read(self, cells: Cells, *, labelled: bool) -> Example:
        """The contents, after the instructions where there are some."""
        cell = cells.get("contents")
        if cell is None or not cell.strip():
            raise Unusable("there is no list in `contents`", "missing_messages_list")
        found = decoded(cell, "contents")
        if not isinstance(found, list):
            raise Unusable("`contents` holds no list", "data_type")
        if not found:
            raise Unusable("the list in `contents` is empty", "missing_messages_list")
        made = [
            one for at, content in enumerate(found, 1) for one in _said(content, f"message {at}")
        ]
        return conversation([*_system(cells), *made], tools=tools(cells.get("tools")))


def _system(cells: Cells) -> list[Message]:
    cell = next((cells[name] for name in _SYSTEM if cells.get(name)), None)
    if cell is None:
        return []
    found: Any = {"parts": [{"text": cell}]}
    if cell.lstrip().startswith("{"):
        written = decoded(cell, "systemInstruction")
        found = written if isinstance(written, dict) else found
    where = "the systemInstruction"
    parts = tuple(_piece(part, where) for part in _parts(found, where))
    if any(not isinstance(part, Part) or part.kind != "text" for part in parts):
        raise Unusable(f"{where} holds something else than text", "data_type")
    texts = tuple(part for part in parts if isinstance(part, Part))
    if all(is_blank(normalise(part.value)) for part in texts):
        return []
    return [Message("system", texts, listed=len(texts) > 1)]


def _said(content: Any, where: str) -> Iterator[Message]:
    """The messages of a content: one, or one for each result of a function."""
    if not isinstance(content, dict):
        raise Unusable(f"{where} is no object", "data_type")
    has = {key: value for key, value in content.items() if value is not None}
    # A request of one message may leave its role out.
    role = has.get("role", "user")
    if not isinstance(role, str) or role not in _ROLES:
        raise Unusable(f"{where} has the role {compact(role)}", "unrecognized_role")
    for key in has:
        if key not in ("role", "parts"):
            raise Unusable(f"{where} has the key {key!r}", "message_unrecognized_key")
    if "parts" not in has:
        raise Unusable(f"{where} has no `parts`", "message_missing_key")
    pieces = [_piece(part, where) for part in _parts(has, where)]
    results = [piece for piece in pieces if isinstance(piece, Message)]
    yield from results
    parts = tuple(piece for piece in pieces if isinstance(piece, Part))
    calls = tuple(piece for piece in pieces if isinstance(piece, Call))
    if results and not parts and not calls:
        return
    if calls and role != "model":
        raise Unusable(f"{where} calls a function, which only the model does", "data_type")
    words = "\n".join(part.value for part in parts)
    if not calls and is_blank(normalise(words)):
        raise Unusable(f"{where} says nothing", "missing_content")
    yield Message(_ROLES[role], parts, listed=len(parts) > 1, calls=calls)


def _parts(content: Mapping[str, Any], where: str) -> list[Any]:
    parts = content.get("parts")
    if isinstance(parts, dict):
        parts = [parts]
    if not isinstance(parts, list):
        raise Unusable(f"the parts of {where} are no list", "data_type")
    return parts


def _piece(part: Any, where: str) -> Part | Call | Message:
    has = {k: v for k, v in part.items() if v is not None} if isinstance(part, dict) else {}
    if len(has) > 1:
        raise Unusable(f"a part of {where} holds {', '.join(has)} at once", "data_type")
    kind, value = next(iter(has.items()), ("", None))
    if kind == "text" and isinstance(value, str):
        return Part("text", value)
    if kind in ("inlineData", "inline_data", "fileData", "file_data"):
        return _picture(value, kind, where)
    if kind in ("functionCall", "function_call"):
        return function_call(value, where)
    if kind in ("functionResponse", "function_response"):
        return _result(value, where)
    if kind and kind != "text":
        raise Unusable(f"{where} holds `{kind}`, which is not supported yet")
    raise Unusable(f"a part of {where} holds no text", "missing_content")


def _picture(value: Any, kind: str, where: str) -> Part:
    has = value if isinstance(value, dict) else {}
    mime = has.get("mimeType", has.get("mime_type"))
    if not isinstance(mime, str) or not mime.startswith("image/"):
        what = f"of the type {mime}" if isinstance(mime, str) else "of no known type"
        raise Unusable(f"{where} holds `{kind}` {what}, which is not supported yet")
    held = has.get("data") if kind.startswith("inline") else has.get("fileUri", has.get("file_uri"))
    if not isinstance(held, str) or not held:
        raise Unusable(f"`{kind}` of {where} names no picture", "data_type")
    return Part("picture", f"data:{mime};base64,{held}" if kind.startswith("inline") else held)


def _result(value: Any, where: str) -> Message:
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str):
        raise Unusable(f"a result of a function in {where} has no `name`", "message_missing_key")
    found = value.get("response")
    # A text is written as {"output": text}: a result is always an object there.
    if isinstance(found, dict) and set(found) == {"output"} and isinstance(found["output"], str):
        text = found["output"]
    else:
        text = "" if found is None else found if isinstance(found, str) else compact(found)
    return Message("tool", (Part("text", text),) if text else (), name=name)


SHAPE = Gemini()
