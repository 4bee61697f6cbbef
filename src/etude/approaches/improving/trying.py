"""What a search for instructions needs of the rung whose prompt it improves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.models._base import ChatRequest, Completion


class Trying(Protocol):
    """The rung's own search: it builds prompts, asks, and notes what was tried."""

    @property
    def context(self) -> FitContext:
        """Of the fit."""
        ...

    @property
    def train(self) -> Examples:
        """What may be learned from: whose failures whoever rewrites reads."""
        ...

    @property
    def dev(self) -> Examples:
        """The sample of dev that settings are tried on."""
        ...

    @property
    def instructions(self) -> str:
        """Those that the search begins with."""
        ...

    def few(self, count: int) -> Examples:
        """At most so many of ``dev``."""
        ...

    def requests(self, instructions: str, rows: Examples) -> list[ChatRequest]:
        """What is asked about ``rows`` with other instructions, all else as in the best so far."""
        ...

    def known(self, request: ChatRequest) -> bool:
        """Whether it was answered in this search already."""
        ...

    def answers(self, requests: Sequence[ChatRequest]) -> list[Completion]:
        """What the model says; what is known is not asked again."""
        ...

    def outputs(self, said: Sequence[Completion]) -> list[str | None]:
        """Answers in the task's form; None for none."""
        ...

    def note(self, instructions: str, rows: Examples, said: Sequence[Completion]) -> None:
        """Write down as a trial that these instructions got these answers."""
        ...

    def ask(self, instructions: str) -> None:
        """Try them on the whole of ``dev``: the best of what was tried so wins."""
        ...
