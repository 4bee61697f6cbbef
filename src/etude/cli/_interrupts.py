"""Ctrl-C that may be pressed twice: the first stops the work, the next do not disturb its tidying.

What is finished is kept by the store at every moment, so the third press may end the process.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_CODE = 130
_TIDYING = b"\nTidying up; press Ctrl-C once more to stop at once (what is finished is kept).\n"


def stay_interruptible() -> None:
    """Let Ctrl-C end a waiting read or lock at once; call it when polars has been imported.

    polars puts its own handler before Python's, and asks the system to go on with what was
    interrupted (SA_RESTART): a prompt would then not hear of Ctrl-C before Enter.
    """
    if hasattr(signal, "siginterrupt"):  # not on Windows, where nothing is restarted
        signal.siginterrupt(signal.SIGINT, True)


@contextmanager
def twice_safe() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first Ctrl-C alone, for as long as the block lasts."""
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is signal.SIG_IGN:  # as nohup and a shell's & ask for
        yield
        return
    presses = 0

    def pressed(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses == 1:
            raise KeyboardInterrupt
        if presses == 2:
            os.write(2, _TIDYING)
        else:
            os._exit(EXIT_CODE)

    signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
