"""How long work tells a person where it is: a protocol, and a silent default.

Stages call it; surfaces (the CLI, later the workbench) draw it. It knows nothing of either.
"""

from __future__ import annotations

from typing import Protocol


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
