"""A model that is asked as the caller writes: tuned models, models as they are, endpoints."""

from __future__ import annotations

from collections.abc import AsyncIterator

from etude.serving.answering._base import About, Call, Part, closing
from etude.serving.engines._base import Engine, Wanted


class Verbatim:
    """Messages go to the engine as they are, and what it writes comes back.

    Args:
        engine: the model.
        release: the full name of a tuned model, None for a model as it is.
        most: tokens of an answer where the call names no limit; None: what the window leaves.
    """

    def __init__(self, engine: Engine, release: str | None, most: int | None) -> None:
        self.release = release
        self._engine = engine
        self._most = most

    async def answer(self, call: Call) -> AsyncIterator[Part]:
        """What the engine writes."""
        async with closing(self._engine.generate(wanted(call, self._most))) as pieces:
            async for one in pieces:
                about = About(release=self.release)
                yield Part(one.text, one.tokens, one.finish, one.usage, about)

    async def close(self) -> None:
        """The engine belongs to whoever opened it."""


def wanted(call: Call, most: int | None) -> Wanted:
    """The call as the engine is asked; without a temperature the likeliest text is written."""
    return Wanted(
        messages=call.messages,
        prompt=call.prompt,
        max_tokens=call.max_tokens or most,
        temperature=call.temperature or 0.0,
        top_p=1.0 if call.top_p is None else call.top_p,
        seed=call.seed,
        stop=call.stop,
        json_schema=call.json_schema,
        logprobs=call.logprobs,
        live=call.live,
        # Whoever asks again begins alike: with the same instructions, or with this conversation.
        shared=max(0, len(call.messages or ()) - 1),
    )
