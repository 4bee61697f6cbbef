"""Who holds a row of a queue: a name that tells others on this machine whether its process lives.

A lease runs out by itself; on the machine where its holder was killed nobody needs to wait for that.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket

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


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]
