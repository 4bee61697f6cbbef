"""Runs a command, and ends it with all that it began when whoever started this is gone.

    python _leash.py COMMAND…

Whoever starts it holds the other end of its stdin, which closes with them however they end, killed
among it. It must lead a process group of its own, and stands alone: it imports nothing of Etude.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

GRACE_S = 5.0
"""What is asked to end and has not after this is killed."""


def main(command: list[str]) -> int:
    """Run it; its own code, or as shells have it 128 and the signal that ended it."""
    # The group is asked to end as a whole: this one stays until the command is gone.
    signal.signal(signal.SIGTERM, _stay)
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - what it is for
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return 127
    alone = threading.Event()
    threading.Thread(target=_watch, args=(alone,), daemon=True).start()
    code = child.wait()
    if alone.is_set():
        os.killpg(0, signal.SIGKILL)  # what it began and left behind
    return code if code >= 0 else 128 - code


def _stay(number: int, frame: FrameType | None) -> None:
    """A handler, since a signal that is ignored would be ignored by the command as well."""


def _watch(alone: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    alone.set()
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_S)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
