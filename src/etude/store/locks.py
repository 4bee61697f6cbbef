"""One lock a name, held by at most one thread of one process, and gone when its holder dies.

On POSIX it is ``flock``, on Windows a locked byte (``msvcrt``). Both need a disk with working
locks: a local one, or NFS of this century. It knows nothing of what is locked.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from etude.store.disk import storing

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

Notice = Callable[[str], None]
"""Called once with a line for people, when there is something to wait for."""

_POLL_SECONDS = 0.1
_NOTICE_POLL = 3  # a process that only asks whether a lock is held has it for an instant


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


class Lock:
    """A lock file at ``path``; it is removed on release (on Windows it stays, empty)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock now, or say that someone else has it."""
        with storing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            if not _try_lock(handle):
                os.close(handle)
                return False
            if not self._is_named(handle):
                # Its holder removed the file between our open and our lock: this lock guards
                # a file that nobody else will open.
                os.close(handle)
                return self.try_acquire()
        self._handle = handle
        return True

    def _is_named(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), self.path.stat())
        except FileNotFoundError:
            return False

    def acquire(self, notice: Notice | None = None, wait_for: str = "") -> None:
        """Take the lock, waiting as long as it takes; Ctrl-C ends the wait.

        ``notice`` is told once that ``wait_for`` is being waited for.
        """
        polls = 0
        while not self.try_acquire():
            polls += 1
            if notice is not None and polls == _NOTICE_POLL:
                notice(f"waiting for another process: {wait_for or self.path.stem}")
            time.sleep(_POLL_SECONDS)

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with suppress(OSError):
            self.path.unlink()  # while it is held, so that no second holder's file is removed
        os.close(handle)


@contextmanager
def locked(path: Path, notice: Notice | None = None, wait_for: str = "") -> Iterator[None]:
    """Hold the lock at ``path``; see ``Lock.acquire``."""
    lock = Lock(path)
    lock.acquire(notice, wait_for)
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """True where a living process (this one too) holds the lock at ``path``."""
    if not path.exists():
        return False
    lock = Lock(path)
    if not lock.try_acquire():
        return True
    lock.release()
    return False
