"""Who holds a row of a queue: a name that tells others on this machine whether its process lives.

A lease runs out by itself; on the machine where its holder was killed nobody needs to wait for that.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import psutil

from etude.errors import StoreError


class LeaseLost(StoreError):
    """Somebody else holds the row now: what this holder wanted to write is not written."""


def holder() -> str:
    """A fresh name for a holder in this process."""
    started = int(psutil.Process().create_time())
    return f"{_host()}-{os.getpid()}-{started}-{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """True where the holder's process was on this machine and is no more."""
    host, _, rest = name.partition("-")
    parts = rest.split("-")
    if host != _host() or len(parts) != 3 or not (parts[0] + parts[1]).isdigit():
        return False
    try:
        process = psutil.Process(int(parts[0]))
        # A second of doubt: the clock that start times come from is coarse.
        same = abs(process.create_time() - int(parts[1])) <= 2
        return not same or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def is_held(owner: str | None, until: float | None) -> bool:
    """Whether a lease is in force: it runs until this time, and its holder may be alive."""
    if owner is None or until is None or until < time.time():
        return False
    return not is_gone(owner)


@lru_cache(maxsize=1)
def _host() -> str:
    """What all processes share that see one another: containers and copies of a machine may have one
    host name and each its own processes."""
    seen = [socket.gethostname()]
    with suppress(OSError):  # Linux alone has these
        seen.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        seen.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256(" ".join(seen).encode()).hexdigest()[:8]
