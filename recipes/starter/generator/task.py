"""What a family makes and what a sample is; knows nothing of how a task is worded or laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Task:
    """One narrow task: what to do, and a source of (input, ideal output) pairs for it.

    `by_example` says that a few pairs alone show what is wanted, so that the instruction may be
    left out when there are worked examples.
    """

    instruction: str
    example: Callable[[], Pair]
    by_example: bool = False


@dataclass(frozen=True)
class Message:
    """One turn: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Sample:
    """A finished conversation and the family that it came from."""

    family: str
    messages: tuple[Message, ...]
