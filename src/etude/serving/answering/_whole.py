"""Parts of an answer put together, for those who want it whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from etude.serving.answering._base import Part, closing
from etude.serving.engines._base import TokenLog
from etude.serving.errors import ApiError


@dataclass(frozen=True)
class Whole:
    """An answer; ``last`` is its last part, which says why it ends."""

    text: str
    tokens: tuple[TokenLog, ...]
    last: Part


@dataclass
class Gathered:
    """The parts of one answer, as they come."""

    _texts: list[str] = field(default_factory=list)
    _tokens: list[TokenLog] = field(default_factory=list)
    _last: Part | None = None

    def add(self, part: Part) -> None:
        """The next one."""
        self._texts.append(part.text)
        self._tokens += part.tokens
        self._last = part

    def whole(self) -> Whole:
        """The answer, when all parts are there.

        Raises:
            ApiError: the model ended without saying why.
        """
        if self._last is None or self._last.finish is None:
            raise ApiError(500, "The model's answer broke off.", code="engine_error")
        return Whole("".join(self._texts), tuple(self._tokens), self._last)


async def collected(parts: AsyncIterator[Part]) -> Whole:
    """All parts as one answer.

    Raises:
        ApiError: the model ended without saying why.
    """
    gathered = Gathered()
    async with closing(parts) as stream:
        async for part in stream:
            gathered.add(part)
    return gathered.whole()
