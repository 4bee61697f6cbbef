"""A search over prompts as the search for instructions sees it; see ``improving.trying``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etude.approaches._base import FitContext
from etude.approaches.writing.searching import Search, sample_of
from etude.approaches.writing.settings import Settings
from etude.data.examples import Examples
from etude.models._base import ChatRequest, Completion


class Rewritten:
    """The best settings so far with other instructions."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._start = search.settings
        self.context: FitContext = search.context
        self.train, self.dev = search.train, search.dev
        self.instructions = self._start.wording.said(self.context.task)

    def few(self, count: int) -> Examples:
        """At most so many of dev's sample."""
        return sample_of(self._search.whole_dev, min(count, len(self.dev)))

    def requests(self, instructions: str, rows: Examples) -> list[ChatRequest]:
        """What is asked with them."""
        return self._search.requests(self._with(instructions), rows)[0]

    def known(self, request: ChatRequest) -> bool:
        """Whether it was answered already."""
        return self._search.known(request)

    def answers(self, requests: Sequence[ChatRequest]) -> list[Completion]:
        """What the model says."""
        return self._search.answers(requests)

    def outputs(self, said: Sequence[Completion]) -> list[str | None]:
        """Texts; None for a failure."""
        return [one.text if one.failure is None else None for one in said]

    def note(self, instructions: str, rows: Examples, said: Sequence[Completion]) -> None:
        """Write a trial down."""
        self._search.note(self._search.scored(self._with(instructions), rows, said, ()))

    def ask(self, instructions: str) -> None:
        """Try them on the whole sample."""
        self._search.ask(self._with(instructions))

    def _with(self, instructions: str) -> Settings:
        if instructions == self.instructions:
            return self._start
        wording = replace(self._start.wording, instructions=instructions, sentences=())
        return replace(self._start, wording=wording)
