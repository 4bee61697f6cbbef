"""How long work shows itself on stderr: bars at a terminal, a line now and then elsewhere.

Both implement ``etude.progress.Progress``; they know nothing of what the work is.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Column
from rich.text import Text

from etude.cli._screen import clean, note, words
from etude.progress import Pace, Progress, Silent, Step, lasted

EVERY_S = 10.0
"""At most one line of progress in so many seconds where there is no terminal."""
WIDE = 100
"""Cells from which a bar is long."""
TAKEN = 76
"""Cells of a line that the name, a short bar, the count and the time left take, about."""
WORTH_A_LINE_S = 1.0
"""An outermost step that took as long leaves a line behind at a terminal."""


def progress(quiet: bool) -> Progress:
    """What fits where stderr goes."""
    if quiet:
        return Silent()
    return OnTerminal() if sys.stderr.isatty() else InLines()


def waiting(text: str, quiet: bool) -> AbstractContextManager[object]:
    """A spinner at a terminal for the seconds in which nothing can be counted; no line stays."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(Text(text), spinner="dots")


class _Count(ProgressColumn):
    """``120 of 480 texts``; only what is done where the total is unknown."""

    def render(self, task: Task) -> Text:
        unit = task.fields["unit"]
        if task.total is None:
            return Text(f"{task.completed:,.0f} {unit}".strip() if task.completed else "")
        return Text(f"{task.completed:,.0f} of {task.total:,.0f} {unit}".strip())


class _Left(ProgressColumn):
    """``2 min left``, once the speed is known."""

    max_refresh = 1.0

    def render(self, task: Task) -> Text:
        left = task.fields["pace"].left()
        return Text("" if left is None else f"{lasted(left)} left", style="dim")


class _Note(ProgressColumn):
    """What is being done just now, in the room that the rest leaves; nothing where that is none."""

    def __init__(self, room: int, table_column: Column) -> None:
        super().__init__(table_column)
        self._room = room - 14 if room + TAKEN >= WIDE else room

    def render(self, task: Task) -> Text:
        text = Text(task.fields["note"] if self._room >= 12 else "", style="dim")
        text.truncate(self._room, overflow="ellipsis")
        return text


class OnTerminal:
    """Nested steps as bars with the time left; finished outer steps and notices stay as lines."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bars: Bars | None = None
        self._open: list[_BarStep] = []

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """A step that draws a bar below those that it is part of."""
        return _BarStep(self, name, total, unit)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._console.print(Text(words(clean(text))), soft_wrap=self._bars is None)

    def begin(self, step: _BarStep) -> TaskID:
        """Draw the step's bar."""
        if self._bars is None:
            self._bars = self._drawn()
            self._bars.start()
        indent = "  " * len(self._open)
        self._open.append(step)
        return self._bars.add_task(
            f"{indent}{clean(step.name)}",
            total=step.total,
            unit=step.unit,
            note="",
            pace=step.pace,
        )

    def update(self, task: TaskID, amount: float, note: str | None) -> None:
        """Move the step's bar."""
        if self._bars is not None:
            fields = {} if note is None else {"note": clean(note)}
            self._bars.update(task, advance=amount, **fields)  # type: ignore[arg-type]

    def end(self, step: _BarStep, task: TaskID, seconds: float, finished: bool) -> None:
        """Take the bar away; with the last one the drawing stops."""
        assert self._bars is not None
        self._bars.remove_task(task)
        self._open.remove(step)
        if not self._open:
            self._bars.stop()
            self._bars = None
            if finished and seconds >= WORTH_A_LINE_S:
                self._console.print(Text(f"✓ {clean(step.name)}: {lasted(seconds)}", style="dim"))

    def _drawn(self) -> Bars:
        return Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=24 if self._console.width >= WIDE else 10),
            _Count(table_column=Column(no_wrap=True)),
            _Left(table_column=Column(no_wrap=True)),
            _Note(self._console.width - TAKEN, table_column=Column(no_wrap=True)),
            console=self._console,
            transient=True,
        )


@dataclass(eq=False)
class _BarStep:
    owner: OnTerminal
    name: str
    total: float | None
    unit: str
    pace: Pace = field(init=False)
    _task: TaskID | None = None
    _started: float = 0.0

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """Move the bar."""
        if self._task is not None:
            self.pace.advance(amount)
            self.owner.update(self._task, amount, note)

    def __enter__(self) -> Step:
        self._started = time.monotonic()
        self.pace = Pace(self.total)
        self._task = self.owner.begin(self)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._task is not None:
            seconds = time.monotonic() - self._started
            self.owner.end(self, self._task, seconds, finished=not any(exception))
            self._task = None


@dataclass
class InLines:
    """Plain lines: notices at once, progress at most every ``every`` seconds."""

    every: float = EVERY_S
    _last: float = field(default_factory=lambda: time.monotonic())
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self, name: str, total: float | None = None, unit: str = "") -> Step:
        """A step that may write a line."""
        return _LineStep(self, name, total, unit)

    def say(self, text: str) -> None:
        """A line at once."""
        note(text)

    def maybe(self, text: str) -> None:
        """A line if the last one is long enough ago."""
        with self._lock:
            now = time.monotonic()
            if now - self._last < self.every:
                return
            self._last = now
        note(text)


@dataclass
class _LineStep:
    owner: InLines
    name: str
    total: float | None
    unit: str
    _pace: Pace = field(init=False)
    _started: float = 0.0

    def advance(self, amount: float = 1.0, note: str | None = None) -> None:
        """Count, and write a line now and then."""
        self._pace.advance(amount)
        self.owner.maybe(self._line(note))

    def _line(self, note: str | None) -> str:
        of = f" of {self.total:,.0f}" if self.total is not None else ""
        text = f"{self.name}: {self._pace.done:,.0f}{of} {self.unit}".rstrip()
        left = self._pace.left()
        text += f", about {lasted(left)} left" if left is not None else ""
        return f"{text} ({note})" if note else text

    def __enter__(self) -> Step:
        self._started = time.monotonic()
        self._pace = Pace(self.total)
        return self

    def __exit__(self, *exception: object) -> None:
        seconds = time.monotonic() - self._started
        if not any(exception) and seconds >= self.owner.every:
            self.owner.say(f"{self.name}: done in {lasted(seconds)}")
