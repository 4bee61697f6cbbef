"""Another server as an engine: any that answers OpenAI's chat completions.

Answers are handed on as they come. What the server does not understand is left out where nobody
asked for it, and refused by name where somebody did; that is remembered. What it says is wrong with
a request reaches the caller; its address and key do not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from etude.errors import ModelError, SpendLimitReached
from etude.models._budget import Budget
from etude.models._endpoint import library
from etude.models._failures import bad_request, brief, seconds_asked
from etude.models.openai import api_key
from etude.privacy import redact, secrets
from etude.records.task import OpenAIModel
from etude.serving.engines._asked import Refused, arguments, most_tokens_in, refused_by
from etude.serving.engines._base import (
    Busy,
    CannotDo,
    EngineDown,
    EngineError,
    Piece,
    TooLong,
    Wanted,
)
from etude.serving.engines._stream import Stream

MOST = 320
"""Requests that may be unfinished at once."""
TRIES = 2
"""Most times that a request is sent again: whoever asked has tries of their own."""
LONGEST = 4096
"""Tokens of an answer that nobody limits, where a spend limit must be kept."""
ROOM_SECONDS = 0.05
"""How often it is looked whether the spend limit leaves room again."""
LONG = 16
"""Letters of what can't be an everyday word."""
Put = Callable[[str, Wanted, Refused], dict[str, Any]]
"""From a model's name, what is wanted and what is refused to the fields of a request."""
_log = logging.getLogger(__name__)


class EndpointEngine:
    """An OpenAI-compatible server as an engine.

    Args:
        name: what people call the model.
        settings: where it is, and what it may cost. What was spent is counted from 0.
        most: requests that may be unfinished at once; further ones are told that it is busy.
        key: the server's, where no variable holds it.
        put: how a request is put on the wire.
        client: what carries requests in place of the openai library's own client.

    Raises:
        ModelError: the variable that should hold the key is empty.
        MissingDependency: the openai library is not installed.
    """

    def __init__(
        self,
        name: str,
        settings: OpenAIModel,
        most: int = MOST,
        *,
        key: str | None = None,
        put: Put = arguments,
        client: Any = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.most = most
        self._openai = library()
        self._key = key or api_key(settings)
        self._client = client or self._openai.AsyncOpenAI(
            api_key=self._key,
            base_url=settings.base_url,
            timeout=settings.timeout_s,
            max_retries=min(TRIES, settings.max_retries),
        )
        self._put = put
        self._budget = Budget(settings.spend_limit, 0.0)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._unfinished = 0
        self._nothing_left = asyncio.Event()
        self._refused: Refused = frozenset()
        self._closing = False

    async def generate(self, wanted: Wanted) -> AsyncGenerator[Piece]:
        """The answer, piece by piece; see ``Engine``."""
        if self.settings.spend_limit is not None and wanted.max_tokens is None:
            wanted = replace(wanted, max_tokens=LONGEST)
        async with self._place(), aclosing(self._paid(wanted)) as pieces:
            async for piece in pieces:
                yield piece

    async def complete(self, said: dict[str, Any]) -> Any:
        """What a request to completions comes to, not streamed and not counted as spending.

        Raises:
            EngineError: as in ``generate``.
        """
        async with self._place():
            try:
                return await self._client.completions.create(**said)
            except Exception as error:
                raise self._explained(error) from error

    async def close(self) -> None:
        """Wait for the answers under way."""
        self._closing = True
        while self._unfinished:
            self._nothing_left.clear()
            await self._nothing_left.wait()
        await self._client.close()

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the places at the server, waited for."""
        if self._closing:
            raise EngineDown("The server is stopping.")
        if self._unfinished >= self.most:
            raise Busy("Too many requests are waiting for this model.")
        self._unfinished += 1
        try:
            async with self._places:
                yield
        except ModelError as error:  # the schema is none
            raise CannotDo(error.found) from error
        finally:
            self._unfinished -= 1
            if not self._unfinished:
                self._nothing_left.set()

    async def _paid(self, wanted: Wanted) -> AsyncGenerator[Piece]:
        """The answer, held to the spend limit before it is asked for."""
        cost = most = self._price(most_tokens_in(wanted), wanted.max_tokens or LONGEST)
        try:
            # Not in a thread: nobody could call that back where the caller goes away meanwhile.
            while not self._budget.try_reserve(most):
                await asyncio.sleep(ROOM_SECONDS)
        except SpendLimitReached as error:
            _log.warning("%s: %s", self.name, error)
            raise EngineDown("The spend limit of this model is reached.") from error
        try:
            async with aclosing(self._answer(wanted)) as pieces:
                async for piece in pieces:
                    if piece.usage is not None:
                        cost = self._price(piece.usage.tokens_in, piece.usage.tokens_out)
                    yield piece
        finally:
            self._budget.settle(most, cost)

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        settings = self.settings
        return (tokens_in * settings.price_in + tokens_out * settings.price_out) / 1e6

    async def _answer(self, wanted: Wanted) -> AsyncGenerator[Piece]:
        stream = Stream(wanted)
        try:
            async with await self._opened(wanted) as chunks:
                async for chunk in chunks:
                    piece = stream.add(chunk)
                    if piece is not None:
                        yield piece
        except (EngineError, ModelError):
            raise
        except Exception as error:
            # All of them, for the client lets those of its HTTP library through.
            raise self._explained(error) from error
        yield stream.end()

    async def _opened(self, wanted: Wanted) -> Any:
        """The stream of a request, sent again without what the server refuses to understand."""
        refused = self._refused
        said = self._put(self.settings.model, wanted, refused)
        while True:
            try:
                if "messages" in said:
                    stream = await self._client.chat.completions.create(**said)
                else:
                    stream = await self._client.completions.create(**said)
            except (self._openai.BadRequestError, self._openai.UnprocessableEntityError) as error:
                feature = refused_by(error, said)
                if feature is None or feature in refused:
                    raise
                refused |= {feature}
                try:
                    said = self._put(self.settings.model, wanted, refused)
                except CannotDo:
                    raise error from None  # it may be about something else: its words say more
                continue
            self._refused |= refused
            return stream

    def _explained(self, error: Exception) -> EngineError:
        """What a failure means for the caller; the rest is for whoever runs the server."""
        openai = self._openai
        _log.warning("%s: %s: %s", self.name, type(error).__name__, self._without_keys(str(error)))
        if isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            failure = bad_request(error)
            kind = TooLong if failure.word == "too_long" else CannotDo
            words = brief(error, self._without_keys)
            return kind(f"The server behind this model refused the request: {words}")
        if isinstance(error, openai.RateLimitError):
            wait = seconds_asked(error)
            return Busy("The server behind this model is busy.", 1.0 if wait is None else wait)
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return EngineDown("The server behind this model does not accept this server's key.")
        if isinstance(error, openai.NotFoundError):
            return EngineDown("The server behind this model does not have it.")
        if isinstance(error, openai.APITimeoutError):
            limit = self.settings.timeout_s
            return EngineDown(f"The server behind this model did not answer within {limit:g} s.")
        if isinstance(error, openai.APIConnectionError):
            return EngineDown("The server behind this model can't be reached.")
        return EngineDown("The server behind this model failed.")

    def _without_keys(self, text: str) -> str:
        """What a server said, without the key that it was sent and without others of a known form."""
        if self.settings.api_key_env is not None or len(self._key) >= LONG:
            text = text.replace(self._key, "[KEY]")
        return redact(text, secrets())
