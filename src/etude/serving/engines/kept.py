"""An endpoint that is asked nothing anew: to the request that it answered before it says the same.

For a release that is tried before it is sealed. An endpoint is not held to say the same twice, and each
answer costs money; what can be held is that the very same is asked of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from etude.models._base import ChatRequest, Completion
from etude.models.openai import EndpointModel
from etude.serving.engines._base import CannotDo, Finish, Piece, Usage, Wanted


class KeptAnswers:
    """The kept answers of an endpoint as an engine.

    Args:
        model: the endpoint, with the cache of what it answered.
    """

    def __init__(self, model: EndpointModel) -> None:
        self.name = model.name
        self._model = model

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        """The kept answer, whole.

        Raises:
            CannotDo: nothing like it was ever asked, or there was no answer.
        """
        said = await asyncio.to_thread(self._said, wanted)
        finish: Finish = "length" if said.finish_reason == "length" else "stop"
        yield Piece(
            said.text or "",
            finish=finish,
            usage=Usage(said.tokens_in, said.tokens_out),
            likelihood=said.likelihood,
            choice_probabilities=said.choice_probabilities,
        )

    async def close(self) -> None:
        """The model belongs to whoever opened it."""

    def _said(self, wanted: Wanted) -> Completion:
        request = ChatRequest(
            messages=wanted.messages or (),
            choices=wanted.choices,
            max_tokens=wanted.max_tokens or 0,
            temperature=wanted.temperature,
            json_schema=wanted.json_schema,
        )
        if self._model.unanswered([request]):
            raise CannotDo("This asks the endpoint otherwise than the candidate did.")
        (said,) = self._model.complete([request])
        if said.failure is not None:
            raise CannotDo(f"The endpoint gave no answer: {said.failure}.")
        return said
