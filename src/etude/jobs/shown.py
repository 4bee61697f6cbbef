"""A progress that nobody looks at, and that ends the work when its job is to stop."""

from __future__ import annotations

import time

from etude.jobs.holding import Held
from etude.progress import Pace, Step
from etude.store.ids import now

_ESTIMATE_EVERY = 2.0


class Stoppable:
    """For a training that knows no ``Watch``: it is asked at every step, by an interrupt."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """A step that counts, and tells the job when it will be over."""
        return _Counted(self._held, total)

    def say(self, text: str) -> None:
        """Nobody is there to read it."""


class _Counted:
    def __init__(self, held: Held, total: float | None) -> None:
        self._held = held
        self._pace = Pace(total)
        self._estimated = 0.0

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """Count.

        Raises:
            KeyboardInterrupt: the job is to stop.
        """
        self._pace.advance(amount)
        if self._held.stop():
            raise KeyboardInterrupt
        left = self._pace.left()
        if left is not None and time.monotonic() - self._estimated > _ESTIMATE_EVERY:
            self._estimated = time.monotonic()
            self._held.change(estimated_finish=now() + round(left), attempts=0)

    def __enter__(self) -> Step:
        return self

    def __exit__(self, *exception: object) -> None:
        pass
