"""An endpoint that is asked nothing anew: to the request that it answered before it says the same.

For a release that is tried before it is sealed. An endpoint is not held to say the same twice, and each
answer costs money; what can be held is that the very same is asked of it. The endpoint's own engine
makes the request and reads the stream that comes back; only the client that would carry them is
another.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from types import SimpleNamespace
from typing import Any

from etude.models._base import ChatRequest
from etude.models._endpoint import Reply, library
from etude.models.openai import EndpointModel
from etude.serving.engines._base import CannotDo, Piece, Wanted
from etude.serving.engines.endpoint import EndpointEngine

STREAMED = frozenset({"stream", "stream_options"})
"""Fields that only a stream has: when candidates are compared, answers come whole."""
OTHERWISE = "This asks the endpoint otherwise than the candidate did."


class KeptAnswers:
    """The kept answers of an endpoint as an engine.

    Args:
        model: the endpoint, with the cache of what it answered.
    """

    def __init__(self, model: EndpointModel) -> None:
        self.name = model.name
        self._model = model
        self._replies: dict[str, Reply] = {}
        """By the fields of the requests that they answered."""
        client = SimpleNamespace(
            chat=SimpleNamespace(completions=SimpleNamespace(create=self._create)),
            close=self._closed,
        )
        free = model.settings.model_copy(update={"spend_limit": None})  # nothing is paid for
        self._engine = EndpointEngine(model.name, free, key="kept", client=client)

    async def generate(self, wanted: Wanted) -> AsyncGenerator[Piece]:
        """The kept answer, as it would come from the endpoint.

        Raises:
            CannotDo: nothing like it was ever asked, or there was no answer.
        """
        await asyncio.to_thread(self._look_up, wanted)
        async with aclosing(self._engine.generate(wanted)) as pieces:
            async for piece in pieces:
                yield piece

    async def close(self) -> None:
        """The model belongs to whoever opened it."""
        await self._engine.close()

    def _look_up(self, wanted: Wanted) -> None:
        request = ChatRequest(
            messages=wanted.messages or (),
            choices=wanted.choices,
            max_tokens=wanted.max_tokens or 0,
            temperature=wanted.temperature,
            json_schema=wanted.json_schema,
        )
        reply = self._model.kept(request)
        if reply is None:
            raise CannotDo(OTHERWISE)
        if reply.text is None and not reply.refused:
            raise CannotDo("The endpoint gave no answer.")
        self._replies[_key(self._model.endpoint.arguments(request, frozenset()))] = reply

    async def _create(self, **said: Any) -> Any:
        """In place of the client: what was answered to these very fields, as a stream."""
        asked = {name: value for name, value in said.items() if name not in STREAMED}
        reply = self._replies.get(_key(asked))
        if reply is None:
            raise CannotDo(OTHERWISE)
        return _streamed(reply)

    async def _closed(self) -> None:
        """There is no connection."""


def _key(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True)


@asynccontextmanager
async def _streamed(reply: Reply) -> AsyncIterator[AsyncIterator[Any]]:
    async def chunks() -> AsyncIterator[Any]:
        for fields in _chunks(reply):
            yield library().types.chat.ChatCompletionChunk.model_validate(fields)

    yield chunks()


def _chunks(reply: Reply) -> list[dict[str, Any]]:
    """The answer in two parts, why it ends, what it took."""
    part = "refusal" if reply.refused else "content"
    text = "…" if reply.refused else reply.text or ""  # a refusal's own words are not kept
    half = len(text) // 2
    finish = "length" if reply.finish_reason == "length" else "stop"
    spent = {
        "prompt_tokens": reply.tokens_in,
        "completion_tokens": reply.tokens_out,
        "total_tokens": reply.tokens_in + reply.tokens_out,
    }
    return [
        _chunk([{"delta": {part: text[:half]}, "logprobs": _logs(reply)}]),
        _chunk([{"delta": {part: text[half:]}}]),
        _chunk([{"delta": {}, "finish_reason": finish}]),
        _chunk([], usage=spent),
    ]


def _chunk(choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    head = {"id": "kept", "object": "chat.completion.chunk", "created": 0, "model": "kept"}
    numbered = [{"index": 0, "finish_reason": None, **choice} for choice in choices]
    return {**head, "choices": numbered, **more}


def _logs(reply: Reply) -> dict[str, Any] | None:
    """Tokens whose log-probabilities have the mean and the least of those that were told; what each of
    them was is not kept."""
    if reply.logprobs is None:
        return None
    mean, least = reply.logprobs
    logs = [least]
    if least < mean:
        others = max(1, math.ceil(least / mean) - 1)
        logs += [((others + 1) * mean - least) / others] * others
    return {"content": [{"token": "", "logprob": log, "top_logprobs": []} for log in logs]}
