"""One request from the name of a model to the end of its answer, written down exactly once.

An answer is recorded before its end is given; where the caller goes away, what was given until then.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from etude.data.conversations import Turn, as_input
from etude.models._base import Message
from etude.records.traffic import Served
from etude.serving.answering._base import About, Call, Part, closing
from etude.serving.engines._base import Usage
from etude.serving.services import Services

CLOSED = "closed"
FAILED = "error"


@dataclass(frozen=True)
class Asker:
    """What a request is and whose. ``id``: of the response; ``key``: id of the caller's key;
    ``request_id``: what the request is called."""

    endpoint: str
    model: str
    id: str
    key: str | None
    request_id: str | None = None
    began: float = field(default_factory=time.perf_counter)
    time: float = field(default_factory=time.time)


async def answered(services: Services, asker: Asker, call: Call) -> AsyncIterator[Part]:
    """The answer, part by part; closing it stops the work.

    Raises:
        ApiError: no such model, or the call is none that it answers.
        EngineError: the model can't do it, is busy or can't be reached.
        EtudeError: the model can't be opened, or the record not be written.
    """
    log = _Log(services, asker, call)
    try:
        async with services.catalogue.lent(asker.model) as lent:
            log.release = lent.answerer.release
            async with closing(lent.answerer.answer(call)) as parts:
                async for part in parts:
                    log.saw(part)
                    if part.finish is not None:
                        await log.write(part.finish, part.usage, part.about)
                    yield part
    except (asyncio.CancelledError, GeneratorExit):
        await log.write(CLOSED)
        raise
    except Exception:
        if log.texts:  # something was given already, so that it is part of what was served
            await log.write(FAILED, status=500)
        raise


class _Log:
    """What is to be written of one request."""

    def __init__(self, services: Services, asker: Asker, call: Call) -> None:
        self._recorder = services.recorder
        self._asker = asker
        self._call = call
        self._written = False
        self._first: float | None = None
        self._used: Usage | None = None
        self.release: str | None = None
        self.texts: list[str] = []

    def saw(self, part: Part) -> None:
        """A part is about to be given."""
        if self._first is None:
            self._first = time.perf_counter() - self._asker.began
        self._used = part.usage or self._used
        self.texts.append(part.text)

    async def write(
        self, finish: str, usage: Usage | None = None, about: About | None = None, status: int = 200
    ) -> None:
        """Write it down, once: whoever goes away meanwhile does not undo it."""
        if self._written:
            return
        self._written = True
        asker, sent = self._asker, _sent(self._call)
        # Of an answer that was broken off, as much as is known: a piece is a token at least.
        used = usage or self._used or Usage(0, sum(bool(text) for text in self.texts))
        served = Served(
            id=asker.id,
            request_id=asker.request_id,
            time=asker.time,
            endpoint=asker.endpoint,
            model=asker.model,
            release=self.release,
            status=status,
            prompt_hash=hashlib.sha256(sent.encode()).hexdigest(),
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            tokens_cached=used.tokens_cached,
            seconds=time.perf_counter() - asker.began,
            first_token=self._first,
            finish=finish,
            confidence=about.confidence if about else None,
            escalate=about.escalate if about else None,
            key=asker.key,
            input=input_text(self._call),
            output="".join(self.texts),
        )
        await asyncio.shield(self._recorder.add(served))


def _sent(call: Call) -> str:
    """All that was sent, one spelling for the same messages."""
    said = [[one.role, one.content] for one in call.messages or ()]
    return json.dumps(said if call.prompt is None else call.prompt, ensure_ascii=True)


def input_text(call: Call) -> str | None:
    """What was asked as one text: the user's one message, or a conversation as JSON. None of token ids:
    personal data in them could not be seen."""
    if call.prompt is not None:
        return call.prompt if isinstance(call.prompt, str) else None
    said: list[Message] = [one for one in call.messages or () if one.role != "system"]
    if len(said) == 1:
        return said[0].content
    return as_input([Turn(one.role, one.content) for one in said])
