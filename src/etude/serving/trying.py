"""A release as this server's callers will meet it, before it is sealed: the same reading of requests,
prompt, engine, reading of what was written and writing of responses as behind the HTTP routes, with the
settings of ``serve.yaml``. There is no socket, and nothing is recorded.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from etude.data.conversations import turns_of
from etude.models._base import Model
from etude.models.openai import EndpointModel
from etude.progress import Progress
from etude.records.task import Kind
from etude.releases.loading import Release
from etude.releases.parity import Told
from etude.serving.answering._base import Answerer
from etude.serving.answering._whole import collected
from etude.serving.answering.writing import asks
from etude.serving.config import ServingConfig, read_config
from etude.serving.engines._base import Engine, EngineError
from etude.serving.engines.kept import KeptAnswers
from etude.serving.errors import ApiError, from_engine
from etude.serving.opening import EngineOf, Opener, engines_of
from etude.serving.wire.chat import ChatAnswer, ChatWanted
from etude.store import Store
from etude.workflow.loading import surroundings_in

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@contextmanager
def as_served(root: Path, store: Store, release: Release, progress: Progress) -> Iterator[Trial]:
    """The release behind the settings of the folder ``root``; see ``releases.served.AsServed``."""
    config = read_config(root)
    around = surroundings_in(root, store, progress)
    opener = Opener(store, around, config, _engines(config))
    with _loop() as run:
        try:
            opened = run(opener.behind(release))
            try:
                answerer = opened.answerer
                assert answerer is not None
                yield Trial(release, answerer, config, progress, run)
            finally:
                run(opened.close())
        finally:
            run(opener.close())


@dataclass(frozen=True)
class Trial:
    """A release that is asked as callers ask it. ``run`` runs what is asynchronous to its end."""

    release: Release
    answerer: Answerer
    config: ServingConfig
    progress: Progress
    run: Run[list[dict[str, Any]]]

    @property
    def exact(self) -> bool:
        """Whether what computes it computes as the candidate was compared: in this process, each
        model for itself. An endpoint's answers are those that were kept."""
        here = self.config.engine == "transformers" and not self.config.share_bases
        elsewhere = isinstance(self.release.context.model, EndpointModel)
        return here or elsewhere or not asks(self.release.candidate)

    def told(self, inputs: Sequence[str]) -> Told:
        """What callers would be told; every other one reads along as it is written."""
        said = self.run(self._every(inputs))
        return Told.of(
            [None if one["failure"] else one["content"] for one in said],
            [one["failure"] for one in said],
            [one["confidence"] for one in said],
            [one["escalate"] for one in said],
            [one["passages"] for one in said],
        )

    async def _every(self, inputs: Sequence[str]) -> list[dict[str, Any]]:
        places = asyncio.Semaphore(self.config.limits.running)
        step = self.progress.step("asking as callers do", total=len(inputs), unit="inputs")

        async def one(place: int, text: str) -> dict[str, Any]:
            async with places:
                said = await self._one(text, reads_along=place % 2 == 1)
            step.advance()
            return said

        with step:
            return await asyncio.gather(*(one(*numbered) for numbered in enumerate(inputs)))

    async def _one(self, text: str, *, reads_along: bool) -> dict[str, Any]:
        """What the response says of one input; an error is a failure, named by its code."""
        kind = self.release.manifest.kind
        sent = messages_for(text, kind, self.release.asked.opening)
        body = {"model": self.release.name, "messages": sent}
        try:
            wanted = ChatWanted.model_validate(body | {"stream": reads_along})
            whole = await collected(self.answerer.answer(wanted.call(self.config)))
        except EngineError as error:
            return _failed(from_engine(error))
        except ApiError as error:
            return _failed(error)
        except ValidationError:
            return _failed(ApiError(400, "No request can say that.", code="invalid_value"))
        said = ChatAnswer("chatcmpl-tried", 0, wanted).whole(whole)
        told = {"failure": None, "passages": [], **said["etude"]}
        return told | {"content": said["choices"][0]["message"]["content"]}


def messages_for(text: str, kind: Kind, opening: Sequence[str] = ()) -> list[dict[str, str]]:
    """An input as callers send it: one message of the user's, or a conversation's own messages,
    without the system messages that the release adds (``opening``)."""
    if kind != "chat":
        return [{"role": "user", "content": text}]
    turns = turns_of(text)
    if tuple(turn.content for turn in turns[: len(opening)]) == tuple(opening):
        turns = turns[len(opening) :]
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def _failed(error: ApiError) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "content": None,
        "confidence": None,
        "escalate": None,
        "passages": [],
    }
    return nothing | {"failure": f"{error.code or error.status}: {error.message}"}


def _engines(config: ServingConfig) -> EngineOf:
    """What computes models, as the settings say; endpoints are asked nothing anew."""
    computing = engines_of(config)

    async def engine_of(model: Model) -> Engine:
        if isinstance(model, EndpointModel):
            return KeptAnswers(model)
        return await computing(model)

    return engine_of


@contextmanager
def _loop() -> Iterator[Run[Any]]:
    """Runs what is asynchronous in a thread of its own, also where this one has a loop already."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="as served", daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        running = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return running.result()
        except BaseException:
            running.cancel()
            raise

    try:
        yield run
    finally:
        run(loop.shutdown_default_executor())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
