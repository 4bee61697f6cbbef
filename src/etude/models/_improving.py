"""How the instructions of a model are to be improved: who rewrites them, and what it may take.

A model that carries an ``Improving`` is one whose instructions are searched for; how that is done is
the business of ``approaches.improving``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from etude.models._base import ChatModel, ChatRequest, Completion, Model


@runtime_checkable
class Priced(Protocol):
    """A model whose answers cost money."""

    def most(self, request: ChatRequest) -> float:
        """The most that one try can cost."""
        ...

    def cost(self, said: Completion) -> float:
        """What an answer cost, whenever it was paid for."""
        ...


@dataclass(frozen=True)
class Improving:
    """What one search for better instructions may take.

    ``requests``: of those that answer and those that rewrite. ``money``: in the task's currency; None:
    no limit but the requests. ``by`` rewrites. ``rehearsed``: nothing is to be searched, only what it
    would ask at most is to be gone through.
    """

    requests: int
    money: float | None
    by: ChatModel
    rehearsed: bool = False


def improving(model: Model) -> Improving | None:
    """How this model's instructions are improved; None where they are not."""
    found = getattr(model, "improving", None)
    return found if isinstance(found, Improving) else None
