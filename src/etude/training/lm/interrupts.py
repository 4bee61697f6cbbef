"""Ctrl-C during a training: the step under way is finished and kept, then the work stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from etude.progress import Progress


@dataclass
class Asked:
    """Whether a person has asked to stop."""

    stop: bool = False


@contextmanager
def held_back(progress: Progress) -> Iterator[Asked]:
    """Note the first Ctrl-C instead of raising it; the next goes to whoever handled it before.

    Outside the main thread, or where Ctrl-C is ignored, it changes nothing.
    """
    asked = Asked()
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is signal.SIG_IGN or before is None:
        yield asked
        return

    def pressed(number: int, frame: FrameType | None) -> None:
        asked.stop = True
        signal.signal(signal.SIGINT, before)
        progress.say("Stopping after this step, with everything kept; Ctrl-C again stops at once.")

    signal.signal(signal.SIGINT, pressed)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
