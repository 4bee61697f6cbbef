"""Parts of an answer put together, for those who want it whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from etude.serving.answering._base import Part, closing
from etude.serving.engines._base import TokenLog
from etude.serving.errors import ApiError


@dataclass(frozen=True)
class Whole:
    """An answer; ``last`` is its last part, which says why it ends."""

    text: str
    tokens: tuple[TokenLog, ...]
    last: Part


async def collected(parts: AsyncIterator[Part]) -> Whole:
    """All parts as one answer.

    Raises:
        ApiError: the model ended without saying why.
    """
    texts: list[str] = []
    tokens: list[TokenLog] = []
    last: Part | None = None
    async with closing(parts) as stream:
        async for part in stream:
            texts.append(part.text)
            tokens += part.tokens
            last = part
    if last is None or last.finish is None:
        raise ApiError(500, "The model's answer broke off.", code="engine_error")
    return Whole("".join(texts), tuple(tokens), last)
