"""One request on its way between the event loop that asked and the thread that computes."""

from __future__ import annotations

import asyncio

from etude.serving.engines._base import EngineError, Piece, Wanted

Told = Piece | EngineError


class Ticket:
    """What is wanted, and the queue that takes what comes of it; made in the event loop.

    ``answered``: the end has come out of the queue. ``gone``: nobody waits for it any more.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Told] = asyncio.Queue()
        self.answered = False
        self.gone = False


class Outbox:
    """What the computing thread has to tell, handed over once a pass: waking a loop costs more
    than what it is woken for."""

    def __init__(self) -> None:
        self._items: list[tuple[Ticket, Told]] = []

    def put(self, ticket: Ticket, told: Told) -> None:
        """Tell it with the next ``flush``."""
        self._items.append((ticket, told))

    def flush(self) -> None:
        """Hand everything over."""
        items, self._items = self._items, []
        for loop in {ticket.loop for ticket, _ in items}:
            mine = [item for item in items if item[0].loop is loop]
            try:
                loop.call_soon_threadsafe(_deliver, mine)
            except RuntimeError:  # the loop is closed: nobody listens any more
                continue


def _deliver(items: list[tuple[Ticket, Told]]) -> None:
    for ticket, told in items:
        ticket.queue.put_nowait(told)
