"""How long work tells a person where it is: a protocol, a silent default, and the time left.

Stages call it; surfaces (the CLI, a launcher's log, later the workbench) draw it. It knows nothing
of either.
"""

from __future__ import annotations

import time
from typing import Protocol

AT_ONCE_S = 0.1
"""What is told so soon was done before, by an earlier run, and says nothing of the speed."""


class Progress(Protocol):
    """Nested steps with a known or unknown amount of work."""

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """Begin a step; use it as a context manager."""
        ...

    def say(self, text: str) -> None:
        """One line of words between the steps (a notice, an assumption)."""
        ...


class Step(Protocol):
    """One step under way."""

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """``amount`` more of ``total`` is done; ``note`` replaces the text at its side."""
        ...

    def __enter__(self) -> Step: ...

    def __exit__(self, *exception: object) -> None: ...


class Pace:
    """How much of a step is done, and how long the rest will take at its speed so far.

    Args:
        total: of the step; None where it is not known, and then there is no time left to tell.
    """

    def __init__(self, total: float | None) -> None:
        self.total = total
        self.done = 0.0
        self._found = 0.0
        self._began = self._last = time.monotonic()

    def advance(self, amount: float) -> None:
        """``amount`` more is done."""
        self.done += amount
        now = time.monotonic()
        if now - self._began < AT_ONCE_S:
            self._found = self.done
        elif amount:
            self._last = now

    def left(self) -> float | None:
        """Seconds, falling while nothing is told; None before the speed is known and at the end."""
        fresh = self.done - self._found
        if self.total is None or fresh <= 0 or self.done >= self.total:
            return None
        left = (self._last - self._began) / fresh * (self.total - self.done)
        return max(0.0, left - (time.monotonic() - self._last))


def lasted(seconds: float) -> str:
    """``8 s``, ``3 min 20 s``, ``1 h 5 min``: short, for the side of a bar."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class _SilentStep:
    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """Draw nothing."""

    def __enter__(self) -> Step:
        return self

    def __exit__(self, *exception: object) -> None:
        """Draw nothing."""


class Silent:
    """Says nothing: for tests and for callers of the Python API."""

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """A step that draws nothing."""
        return _SilentStep()

    def say(self, text: str) -> None:
        """Drop the line."""
