"""Prompts of the candidates in ``_chat``: instructions, labels, examples, input.

A wording is how they are put. Examples stand in the system message, before the input, so that
requests share the longest prefix that an engine can keep. It knows texts and nothing of models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etude.models._base import ChatRequest, Message

DEFAULT_INSTRUCTIONS = "Read the message and choose the one label that fits it best."


@dataclass(frozen=True)
class Wording:
    """``layout`` is "plain" or "json", ``order`` "given", "reversed" or "alphabetical"."""

    layout: str = "plain"
    meanings: bool = True
    order: str = "given"


@dataclass(frozen=True)
class PromptBuilder:
    """Everything about the task that a prompt says, in one wording."""

    wording: Wording
    instructions: str
    labels: tuple[str, ...]
    descriptions: Mapping[str, str]

    def request(self, text: str, examples: Sequence[tuple[str, str]] = ()) -> ChatRequest:
        """The request for one input; ``examples`` are (input, label), in the order shown."""
        system = Message("system", "\n\n".join(self._parts(examples)))
        return ChatRequest((system, Message("user", text)), choices=self.choices())

    def choices(self) -> tuple[str, ...]:
        """The labels in the order in which this wording lists them."""
        if self.wording.order == "alphabetical":
            return tuple(sorted(self.labels))
        return self.labels[::-1] if self.wording.order == "reversed" else self.labels

    def _parts(self, examples: Sequence[tuple[str, str]]) -> list[str]:
        parts = [self.instructions.strip() or DEFAULT_INSTRUCTIONS, self._label_list()]
        if examples:
            parts.append("Examples:\n" + "\n".join(self._example(*example) for example in examples))
        parts.append("Answer with one label, exactly as it is written above.")
        return parts

    def _label_list(self) -> str:
        meanings = {
            label: self.descriptions.get(label, "") if self.wording.meanings else ""
            for label in self.choices()
        }
        if self.wording.layout == "json":
            listed: Any = meanings if any(meanings.values()) else list(meanings)
            return "Labels:\n" + json.dumps(listed, ensure_ascii=False)
        lines = [f"- {label}: {text}" if text else f"- {label}" for label, text in meanings.items()]
        return "Labels:\n" + "\n".join(lines)

    def _example(self, text: str, label: str) -> str:
        if self.wording.layout == "json":
            return json.dumps({"message": text, "label": label}, ensure_ascii=False)
        return f"Message: {text}\nLabel: {label}\n"
