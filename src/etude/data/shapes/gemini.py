"""Gemini's tuning files: ``{"systemInstruction":{"parts":[…]},"contents":[{"role","parts"}]}``.

https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare
"""

from __future__ import annotations

from typing import Any

from etude.data.conversations import Turn
from etude.data.shapes._base import Cells, Exchange, Look, Refusal, Unusable
from etude.data.shapes._exchange import exchange_of
from etude.data.shapes._messages import Said, decoded, refuse_tools
from etude.data.text import is_blank, normalise

_ROLES = {"user": "user", "model": "assistant", "system": "system"}
_SYSTEM = ("systeminstruction", "system_instruction")


class Gemini:
    """``model`` is the assistant; parts that are no text are not supported yet."""

    key = "gemini"
    title = "Gemini conversations (`contents`)"
    rank = 30
    reads = ("contents", *_SYSTEM, "tools")
    keeps = ()
    refusal: Refusal | None = None

    def matches(self, look: Look) -> bool:
        """A column ``contents`` with lists of objects."""
        return look.lists("contents")

    def read(self, cells: Cells, *, labelled: bool, chat: bool) -> Exchange:
        """The contents, after the instructions where there are some."""
        refuse_tools(cells.get("tools"))
        cell = cells.get("contents")
        if cell is None or not cell.strip():
            raise Unusable("there is no list in `contents`", "missing_messages_list")
        found = decoded(cell, "contents")
        if not isinstance(found, list):
            raise Unusable("`contents` holds no list", "data_type")
        if not found:
            raise Unusable("the list in `contents` is empty", "missing_messages_list")
        said = [_said(content, f"message {at}") for at, content in enumerate(found, 1)]
        return exchange_of([*_system(cells), *said], labelled=labelled)


def _system(cells: Cells) -> list[Said]:
    cell = next((cells[name] for name in _SYSTEM if cells.get(name)), None)
    if cell is None:
        return []
    text = cell
    if cell.lstrip().startswith("{"):
        found = decoded(cell, "systemInstruction")
        text = _text(found, "the systemInstruction") if isinstance(found, dict) else cell
    text = normalise(text)
    return [] if is_blank(text) else [Said(Turn("system", text))]


def _said(content: Any, where: str) -> Said:
    if not isinstance(content, dict):
        raise Unusable(f"{where} is no object", "data_type")
    has = {key: value for key, value in content.items() if value is not None}
    # A request of one message may leave its role out.
    role = has.get("role", "user")
    if not isinstance(role, str) or role not in _ROLES:
        if role in ("function", "tool"):
            raise Unusable(f"{where} is of the role {role!r}: tools are not supported yet")
        raise Unusable(f"{where} has the role {role!r}", "unrecognized_role")
    for key in has:
        if key not in ("role", "parts"):
            raise Unusable(f"{where} has the key {key!r}", "message_unrecognized_key")
    if "parts" not in has:
        raise Unusable(f"{where} has no `parts`", "message_missing_key")
    return Said(Turn(_ROLES[role], _text(has, where)))


def _text(content: dict[str, Any], where: str) -> str:
    parts = content.get("parts")
    if isinstance(parts, dict):
        parts = [parts]
    if not isinstance(parts, list):
        raise Unusable(f"the parts of {where} are no list", "data_type")
    texts = []
    for part in parts:
        has = {k: v for k, v in part.items() if v is not None} if isinstance(part, dict) else {}
        other = next((key for key in has if key != "text"), None)
        if other is not None:
            raise Unusable(f"{where} holds `{other}`, which is not supported yet")
        if not isinstance(has.get("text"), str):
            raise Unusable(f"a part of {where} holds no text", "missing_content")
        texts.append(has["text"])
    text = normalise("\n".join(texts))
    if is_blank(text):
        raise Unusable(f"{where} says nothing", "missing_content")
    return text


SHAPE = Gemini()
