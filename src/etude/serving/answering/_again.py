"""The same asked again of an engine, freely, to see how far the model agrees with itself.

It knows engines and what they are asked; what the answers say of the first is the candidate's business.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace

from etude.models._base import ChatRequest, Completion
from etude.serving.answering._base import closing
from etude.serving.engines._base import (
    Busy,
    CannotDo,
    Engine,
    EngineError,
    Piece,
    Usage,
    Wanted,
)

PATIENCE_S = 60.0
"""How long a model that is busy is waited for."""


async def all_at_once(
    engine: Engine, wanted: Wanted, requests: Sequence[ChatRequest]
) -> list[Completion] | None:
    """What the engine writes to each request; None where it can't be asked.

    Args:
        engine: has given the answer itself already.
        wanted: how that was asked for; what the caller asked otherwise than the release asks is put
            right.
        requests: the askings.
    """
    tasks: list[asyncio.Task[Completion]] = []
    known = True
    try:
        # One that fails ends the others: what they would say is of no use then.
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            tasks += (group.create_task(_freely(engine, wanted, one)) for one in requests)
    except* (EngineError, TimeoutError):
        known = False
    return [task.result() for task in tasks] if known else None


async def _freely(engine: Engine, wanted: Wanted, request: ChatRequest) -> Completion:
    """One asking. Callers come first: where the engine is busy it waits. A server that takes no
    temperature is free by itself."""
    asked = replace(
        wanted,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=1.0,
        seed=None,
        logprobs=None,
        live=False,
    )
    while True:
        try:
            return await _whole(engine, asked, request)
        except Busy as error:
            await asyncio.sleep(error.retry_after)
        except CannotDo:
            if not asked.temperature:
                raise
            asked = replace(asked, temperature=0.0)


async def _whole(engine: Engine, wanted: Wanted, request: ChatRequest) -> Completion:
    texts: list[str] = []
    last = Piece("")
    async with closing(engine.generate(wanted)) as pieces:
        async for last in pieces:
            texts.append(last.text)
    return completion("".join(texts), last, request)


def completion(text: str, last: Piece, request: ChatRequest) -> Completion:
    """What the engine wrote, in the form in which candidates read answers."""
    cut = last.finish == "length" and request.json_schema is not None
    failure = "refusal" if last.refused else "unfinished_json" if cut else None
    usage = last.usage or Usage(0, 0)
    return Completion(
        text=text,
        failure=failure,
        finish_reason=last.finish,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        seconds=math.nan,
        choice_probabilities=last.choice_probabilities,
        likelihood=last.likelihood,
    )
