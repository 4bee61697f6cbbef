"""A model of this process: one thread computes, pass by pass, for all who ask.

Requests join between two passes and leave as soon as nobody waits for them; the event loop is
never held up, not even while the weights load.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from etude.errors import EtudeError, ModelError
from etude.models._answering import Answering
from etude.serving.engines._base import Busy, EngineDown, EngineError, Piece, Wanted
from etude.serving.engines._local_work import Work
from etude.serving.engines._ticket import Outbox, Ticket

MOST = 320
"""Requests that an engine takes at once, those at work and those that wait."""
_log = logging.getLogger(__name__)
_News = tuple[Literal["join", "leave"], Ticket]


class Driven(Protocol):
    """A language model that is asked pass by pass, such as a ``CausalModel``."""

    def driven(self) -> AbstractContextManager[Answering]:
        """The loaded model, for this thread alone."""
        ...


class LocalEngine:
    """A ``CausalModel`` as an engine.

    Args:
        name: what people call it.
        opened: opens the model; called in the computing thread on first use.
        most: requests that may be unfinished at once; further ones are told that it is busy.
    """

    def __init__(self, name: str, opened: Callable[[], Driven], most: int = MOST) -> None:
        self.name = name
        self.most = most
        self._open = opened
        self._outbox = Outbox()
        self._changed = threading.Condition()
        self._news: list[_News] = []
        self._unfinished: set[Ticket] = set()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._loaded = threading.Event()
        self._failure: EtudeError | None = None

    async def ready(self) -> None:
        """Load the model, if it is not loaded, and wait until it is.

        Raises:
            EtudeError: it can't be loaded.
        """
        with self._changed:
            self._start()
        await asyncio.to_thread(self._loaded.wait)
        if self._failure is not None:
            raise self._failure

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        """The answer, piece by piece; see ``Engine``."""
        ticket = Ticket(wanted)
        self._enter(ticket)
        try:
            while True:
                told = await ticket.queue.get()
                if isinstance(told, EngineError):
                    ticket.answered = True
                    raise told
                ticket.answered = told.finish is not None
                yield told
                if ticket.answered:
                    return
        finally:
            self._leave(ticket)

    async def close(self) -> None:
        """Finish what is running, then let go of the model."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _enter(self, ticket: Ticket) -> None:
        with self._changed:
            if self._closing:
                raise EngineDown("The server is stopping.")
            if self._failure is not None:
                raise EngineDown(f"The model {self.name} can't be loaded.")
            if len(self._unfinished) >= self.most:
                raise Busy("Too many requests are waiting for this model.")
            self._unfinished.add(ticket)
            self._news.append(("join", ticket))
            self._start()
            self._changed.notify()

    def _leave(self, ticket: Ticket) -> None:
        with self._changed:
            self._unfinished.discard(ticket)
            ticket.gone = True
            if not ticket.answered:
                self._news.append(("leave", ticket))
                self._changed.notify()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"etude-{self.name}")
            self._thread.daemon = True
            self._thread.start()

    def _run(self) -> None:
        """The computing thread."""
        try:
            model = self._open()
            with model.driven() as answering:
                work = Work(answering, self._outbox.put, self._outbox.flush)
        except EtudeError as error:
            _log.error("%s can't be loaded: %s", self.name, error)
            self._give_up(error)
            return
        except Exception:  # noqa: BLE001 - whatever it is, those who wait must be told
            _log.exception("%s can't be loaded", self.name)
            self._give_up(ModelError(f"{self.name} can't be loaded; the server's log says why"))
            return
        finally:
            self._loaded.set()
        while (news := self._wait(work)) is not None:
            with model.driven():
                work = self._turn(work, news)

    def _wait(self, work: Work) -> list[_News] | None:
        """What has changed, once there is something to do; None when all is done for good."""
        with self._changed:
            while not self._news and work.idle:
                if self._closing:
                    return None
                self._changed.wait()
            news, self._news = self._news, []
            return news

    def _turn(self, work: Work, news: list[_News]) -> Work:
        """One pass; the work to go on with."""
        try:
            for what, ticket in news:
                (work.accept if what == "join" else work.dismiss)(ticket)
            work.turn()
        except BaseException:  # noqa: BLE001 - a panic of a Rust library too: those who wait must be told
            _log.exception("%s failed while it was computing", self.name)
            self._tell_all(EngineDown("The model failed while it was computing."))
            return Work(work.answering, self._outbox.put, self._outbox.flush)
        return work

    def _give_up(self, error: EtudeError) -> None:
        self._failure = error
        self._tell_all(EngineDown(f"The model {self.name} can't be loaded."))

    def _tell_all(self, error: EngineError) -> None:
        with self._changed:
            for ticket in self._unfinished:
                self._outbox.put(ticket, error)
            self._news = [one for one in self._news if one[0] == "leave"]
        self._outbox.flush()
