"""Phrases of the task's ``boundaries`` in inputs: one is enough for a person to get the request."""

from __future__ import annotations

from collections.abc import Sequence

from etude.checks._phrases import FOLDED, occurring
from etude.data.conversations import turns_of
from etude.records.task import Task


def phrases_in(task: Task, inputs: Sequence[str]) -> list[tuple[str, ...]]:
    """Those that each input holds, as whole words, in capitals or not. Of a conversation, what the
    user said in any turn counts."""
    wanted = task.boundaries.phrases
    if not wanted:
        return [()] * len(inputs)
    return [tuple(occurring(wanted, _asked(task, text), FOLDED)) for text in inputs]


def _asked(task: Task, text: str) -> str:
    if task.kind != "chat":
        return text
    return "\n".join(turn.content for turn in turns_of(text) if turn.role == "user")
