"""The one builder of prompts for language models that write, extract or are trained to choose.

A wording is how the task is put. Everything that all requests share stands first, so that it is
computed once: instructions, schema, rules, fixed examples. It knows texts and nothing of models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from etude.data.conversations import flat, turns_of
from etude.models._base import ChatRequest, Message
from etude.records.task import Kind, Task

DEFAULT_INSTRUCTIONS: dict[Kind, str] = {
    "classify": "Read the message and choose the one label that fits it best.",
    "extract": "Read the text and give its facts as JSON.",
    "write": "Write the text that these notes ask for.",
    "rewrite": "Rewrite the draft so that it is as good as it can be.",
    "chat": "Reply to the last message.",
}


@dataclass(frozen=True)
class Wording:
    """``examples``: shown as earlier turns of the conversation, or listed with the instructions.

    ``rules``: the task's checks are put in words. ``shape``: the schema is spelled out. ``bare``:
    nothing but the input, for a model that was trained to know the rest. ``contract_first``: labels,
    schema and rules stand before the instructions. ``sentences``: which of the instructions' stand,
    in which order, counted from 1; empty: all as they are written. ``instructions``: in place of the
    task's own; "": those. ``label_list``: a line for each label, or one JSON text; with their
    ``meanings`` or without; in the order ``given``, or ``reversed``.
    """

    examples: Literal["turns", "list"] = "turns"
    rules: bool = False
    shape: bool = True
    bare: bool = False
    contract_first: bool = False
    sentences: tuple[int, ...] = ()
    instructions: str = ""
    label_list: Literal["lines", "json"] = "lines"
    meanings: bool = True
    order: Literal["given", "reversed"] = "given"

    def as_settings(self) -> dict[str, Any]:
        """As JSON; what was thought of later stands there only where it is used."""
        found = asdict(self) | {"sentences": list(self.sentences)}
        usual = asdict(Wording())
        return {k: v for k, v in found.items() if k not in _LATER or v != usual[k]}

    @classmethod
    def from_settings(cls, stored: dict[str, Any]) -> Wording:
        """What ``as_settings`` wrote, an older one too."""
        return cls(**stored | {"sentences": tuple(stored.get("sentences", ()))})

    def said(self, task: Task) -> str:
        """The instructions before any of their sentences are left out."""
        own = self.instructions.strip() or task.instructions.strip()
        return own or DEFAULT_INSTRUCTIONS[task.kind]

    def has_contract(self, task: Task, labels: Sequence[str]) -> bool:
        """Whether anything beside the instructions says what an answer must be."""
        schema = task.output_schema is not None and self.shape
        return bool(labels) or schema or (self.rules and bool(task.checks))


NOTHING = "Nothing that helps was found in the documents."
_LATER = ("instructions", "label_list", "meanings", "order")
MOST_DROPPED = 4
"""Sentences of the instructions that are tried without, the longest of them."""

BASE = Wording()
BARE = Wording(bare=True)


@dataclass(frozen=True)
class Shown:
    """An example that stands in a prompt; ``id`` is its id in the dataset."""

    id: str
    input: str
    target: str


@dataclass(frozen=True)
class PromptBuilder:
    """Everything about the task that a prompt says, in one wording.

    ``max_tokens`` bounds the answer. ``rules`` are the names of the task's checks.
    """

    task: Task
    wording: Wording
    labels: tuple[str, ...]
    descriptions: Mapping[str, str]
    rules: tuple[str, ...]
    max_tokens: int

    def request(
        self,
        text: str,
        fixed: Sequence[Shown] = (),
        near: Sequence[Shown] = (),
        passages: Sequence[str] = (),
        *,
        nothing: bool = False,
    ) -> ChatRequest:
        """The request for one input.

        Args:
            text: the input; for ``chat`` the JSON text of the messages before the reply.
            fixed: examples that stand in every request, first.
            near: examples like this input, the most like it last.
            passages: knowledge that belongs to this input.
            nothing: knowledge was looked through, and nothing in it belongs to this input.
        """
        turns = self.wording.examples == "turns"
        said = conversation(text) if self.task.kind == "chat" else [Message("user", text)]
        own_system = [m.content for m in said if m.role == "system"]
        parts = [*self._system(fixed if not turns else ()), *own_system]
        messages = [Message("system", "\n\n".join(parts))] if parts else []
        if turns:
            messages += [turn for shown in fixed for turn in self._turns(shown)]
        said = [m for m in said if m.role != "system"]
        beside = self._beside(near if not turns else (), passages, nothing)
        if turns:
            messages += [turn for shown in near for turn in self._turns(shown)]
        if beside:
            said[-1] = Message(said[-1].role, f"{beside}\n\n{said[-1].content}")
        return ChatRequest(
            (*messages, *said),
            choices=self.labels or None,
            json_schema=self.json_schema(),
            max_tokens=self.max_tokens,
        )

    def json_schema(self) -> str | None:
        """The schema's compact text; None where answers are not JSON."""
        schema = self.task.output_schema
        return None if schema is None else json.dumps(schema, ensure_ascii=False)

    def _system(self, listed: Sequence[Shown]) -> list[str]:
        if self.wording.bare:
            return []
        said = [self._instructions()]
        contract = self._contract()
        parts = [*contract, *said] if self.wording.contract_first else [*said, *contract]
        if listed:
            parts.append("Examples:\n\n" + "\n\n".join(map(self._listed, listed)))
        return parts

    def _instructions(self) -> str:
        text = self.wording.said(self.task)
        if not self.wording.sentences:
            return text
        sentences = sentences_of(text)
        kept = (i for i in self.wording.sentences if i <= len(sentences))
        return " ".join(sentences[i - 1] for i in kept)

    def _contract(self) -> list[str]:
        """What an answer must be: labels, schema, rules."""
        parts = []
        if self.labels:
            parts.append("Labels:\n" + self._label_list())
        if self.task.output_schema is not None and self.wording.shape:
            parts.append("Answer with JSON of this shape:\n" + shape(self.task.output_schema))
        if self.wording.rules and self.rules:
            parts.append(
                "The answer must keep these rules:\n" + "\n".join(map(_dashed, self.rules))
            )
        return parts

    def _label_list(self) -> str:
        order = -1 if self.wording.order == "reversed" else 1
        meanings = {
            label: self.descriptions.get(label, "") if self.wording.meanings else ""
            for label in self.labels[::order]
        }
        if self.wording.label_list == "json":
            listed: Any = meanings if any(meanings.values()) else list(meanings)
            return json.dumps(listed, ensure_ascii=False)
        return "\n".join(_labelled(label, meaning) for label, meaning in meanings.items())

    def _turns(self, shown: Shown) -> list[Message]:
        return [Message("user", self._plain(shown)), Message("assistant", shown.target)]

    def _plain(self, shown: Shown) -> str:
        return plain(shown.input, self.task.kind)

    def _listed(self, shown: Shown) -> str:
        return f"Input: {self._plain(shown)}\nAnswer: {shown.target}"

    def _beside(self, near: Sequence[Shown], passages: Sequence[str], nothing: bool) -> str:
        parts = []
        if near:
            parts.append("Like this one:\n\n" + "\n\n".join(map(self._listed, near)))
        if passages:
            parts.append("What may help:\n" + "\n".join(map(_dashed, passages)))
        elif nothing:
            parts.append(NOTHING)
        return "\n\n".join(parts)


def sentences_of(text: str) -> list[str]:
    """The sentences of the instructions; a line is at least one."""
    return [part for part in re.split(r"(?<=[.!?])\s+|\s*\n\s*", text.strip()) if part]


def sentence_orders(instructions: str) -> list[tuple[int, ...]]:
    """Other ways to put the instructions: without one sentence (never the first, which says what is
    asked for), and with the last one first. None for a single sentence."""
    sentences = sentences_of(instructions)
    every = tuple(range(1, len(sentences) + 1))
    if len(every) < 2:
        return []
    longest = sorted(every[1:], key=lambda i: (-len(sentences[i - 1]), i))[:MOST_DROPPED]
    without = [tuple(i for i in every if i != one) for one in sorted(longest)]
    return [*without, (every[-1], *every[:-1])]


def conversation(text: str) -> list[Message]:
    """The messages of a ``chat`` input; a text that is no list of messages is one of the user's."""
    return [Message(cast("Any", turn.role), turn.content) for turn in turns_of(text)]


def plain(text: str, kind: Kind) -> str:
    """An input as one text for people: a conversation with a line a message."""
    return flat(turns_of(text)) if kind == "chat" else text


def shape(schema: Any) -> str:
    """A JSON Schema in the few words that a prompt needs: ``{"name": string, "age": integer}``."""
    if not isinstance(schema, dict):
        return "anything"
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "properties" in schema:
        inner = ", ".join(f'"{key}": {shape(value)}' for key, value in schema["properties"].items())
        return "{" + inner + "}"
    if "items" in schema:
        return f"[{shape(schema['items'])}, …]"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(shape(option) for option in schema[key])
    kind = schema.get("type", "anything")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)


def _labelled(label: str, meaning: str) -> str:
    return f"- {label}: {meaning}" if meaning else f"- {label}"


def _dashed(text: str) -> str:
    return f"- {text}"
