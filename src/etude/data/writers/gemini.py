"""Gemini's tuning files: ``systemInstruction``, ``contents``, ``tools``."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from typing import Any

from etude.data.neutral import Example, Message, Part, compact
from etude.data.shapes._base import Unusable
from etude.data.shapes._decoding import decoded
from etude.data.shapes._tools import arguments_of, unwrapped
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, fitted, leading_systems, without_ids

_HOLDS = Holds(tools=True, pictures=True)
_PICTURE = "image/jpeg"
"""What a picture is taken for where its name does not say."""


class Gemini:
    """``model`` is the assistant; results of functions are the user's."""

    key = "gemini"
    title = "Gemini"
    lists = ("contents",)

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = fitted(example, _HOLDS, lost, self.title)
        without_ids(held.messages, lost)
        system, said = leading_systems(held.messages, lost)
        row: Row = {}
        if system:
            row["systemInstruction"] = {"parts": [{"text": system}]}
        row["contents"] = _contents(said)
        if held.tools:
            row["tools"] = [{"functionDeclarations": [_declared(tool) for tool in held.tools]}]
        return [row]


def _declared(tool: str) -> Any:
    found = unwrapped(tool)
    if not isinstance(found, dict) or "name" not in found:
        raise CantHold("one of its tools is no function")
    return found


def _contents(said: Sequence[Message]) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    waiting: list[str] = []
    for at, one in enumerate(said):
        if one.role == "tool":
            name = one.name or (waiting.pop(0) if waiting else "")
            if not name:
                raise CantHold("it has the result of a tool that was not called")
            part = {"functionResponse": {"name": name, "response": _response(one.text)}}
            # Results of one answer's calls stand together.
            if at and said[at - 1].role == "tool":
                contents[-1]["parts"].append(part)
            else:
                contents.append({"role": "user", "parts": [part]})
            continue
        waiting = [call.name for call in one.calls] or waiting
        parts = [_part(part) for part in one.parts]
        for call in one.calls:
            given = arguments_of(call)
            if not isinstance(given, dict):
                raise CantHold("the arguments of a call are no JSON object")
            parts.append({"functionCall": {"name": call.name, "args": given}})
        contents.append({"role": "model" if one.role == "assistant" else "user", "parts": parts})
    return contents


def _response(text: str) -> dict[str, Any]:
    """A result as an object; a text that is none stands under ``output``."""
    try:
        found = decoded(text, "a result")
    except Unusable:
        return {"output": text}
    wrapped = isinstance(found, dict) and set(found) == {"output"}
    if not isinstance(found, dict) or wrapped or compact(found) != text:
        return {"output": text}
    return found


def _part(part: Part) -> dict[str, Any]:
    if part.kind == "text":
        return {"text": part.value}
    head, found, data = part.value.partition(";base64,")
    if found and head.startswith("data:"):
        return {"inlineData": {"mimeType": head.removeprefix("data:"), "data": data}}
    mime = mimetypes.guess_type(part.value)[0] or _PICTURE
    if not mime.startswith("image/"):
        mime = _PICTURE
    return {"fileData": {"mimeType": mime, "fileUri": part.value}}


WRITER = Gemini()
