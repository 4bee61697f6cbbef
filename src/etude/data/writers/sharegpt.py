"""ShareGPT's ``conversations``, with ``tools`` and ``images`` beside them (LLaMA-Factory)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from etude.data.neutral import Example, Message, compact
from etude.data.shapes._pictures import MARK
from etude.data.shapes._tools import arguments_of, unwrapped
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, fitted, without_ids

_HOLDS = Holds(tools=True, pictures=True, learned="each")
_NAMES = {"user": "human", "assistant": "gpt", "system": "system", "tool": "observation"}


class ShareGpt:
    """A call is JSON in a message from ``function_call``; ``weight`` stands where it is given."""

    key = "sharegpt"
    title = "ShareGPT"
    lists = ("conversations",)

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row."""
        held = fitted(example, _HOLDS, lost, self.title)
        without_ids(held.messages, lost)
        pictures: list[str] = []
        for one in held.messages:
            pictures += [part.value for part in one.parts if part.kind == "picture"]
        turns = [turn for one in held.messages for turn in _turns(one, bool(pictures), lost)]
        row: Row = {"conversations": turns}
        if held.tools:
            # JSON text, as LLaMA-Factory reads it.
            row["tools"] = compact([unwrapped(tool) for tool in held.tools])
        if pictures:
            row["images"] = pictures
        return [row]


def _turns(message: Message, pictured: bool, lost: set[str]) -> Iterator[dict[str, Any]]:
    weight = {} if message.weight is None else {"weight": message.weight}
    if not message.calls:
        yield {"from": _NAMES[message.role], "value": _value(message, pictured)} | weight
        return
    if message.text:
        lost.add("beside_calls")
    calls = [{"name": call.name, "arguments": arguments_of(call)} for call in message.calls]
    value = compact(calls[0] if len(calls) == 1 else calls)
    yield {"from": "function_call", "value": value} | weight


def _value(message: Message, pictured: bool) -> str:
    if pictured and any(MARK in part.value for part in message.parts if part.kind == "text"):
        raise CantHold(f"it has pictures, and a text with {MARK} in it")
    return "".join(_pieces(message.parts))


def _pieces(parts: Sequence[Any]) -> Iterator[str]:
    before = ""
    for part in parts:
        if part.kind == "text" and before == "text":
            yield "\n"
        yield part.value if part.kind == "text" else MARK
        before = part.kind


WRITER = ShareGpt()
