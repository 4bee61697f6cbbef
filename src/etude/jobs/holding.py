"""A job held by this worker: its lease is renewed by a thread, which hears what others want.

Training takes seconds a step and must not forget that it is being waited for; nor may it go on where
somebody else has the job now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from etude.errors import StoreError
from etude.records.tuning import Job, Status, TunedModel
from etude.store import Store
from etude.store.leases import LeaseLost

LEASE_SECONDS = 30.0
RENEW_SECONDS = 0.5
"""As often the worker says that it lives and asks what is wanted."""

Reason = Literal["cancelled", "paused", "shutdown", "lost"]


class Held:
    """A job that this worker may write about, until ``reason`` says why not to go on.

    Args:
        store: of the project; the thread opens a connection of its own in it.
        job: as it was claimed.
        owner: who holds it.
        shutdown: set when the worker is to end.
    """

    def __init__(self, store: Store, job: Job, owner: str, shutdown: threading.Event) -> None:
        self.store = store
        self.job = job
        self.owner = owner
        self._shutdown = shutdown
        self._told: Reason | None = job.wanted

    @property
    def reason(self) -> Reason | None:
        """Why to stop, None while all is well."""
        if self._told is None and self._shutdown.is_set():
            return "shutdown"
        return self._told

    def stop(self) -> bool:
        """Whether to stop."""
        return self.reason is not None

    def interrupted(self) -> None:
        """The work was ended; where nobody else wanted that it was Ctrl-C, and the worker ends."""
        if self.reason is None:
            self._shutdown.set()

    def say(
        self,
        message: str,
        key: str = "",
        level: Literal["info", "warn", "error"] = "info",
        **more: Any,
    ) -> bool:
        """Write down an event; see ``History.say``."""
        return self.store.jobs.history.say(self.job.id, message, key=key, level=level, **more)

    def change(self, **fields: Any) -> None:
        """Write down more of the job."""
        self.job = self.store.jobs.change(self.job.id, self.owner, **fields)

    def finish(self, status: Status, models: tuple[TunedModel, ...] = (), **fields: Any) -> None:
        """End the job."""
        self.job = self.store.jobs.finish(self.job.id, self.owner, status, models, **fields)

    def release(self, status: Status) -> None:
        """Give the job back as ``status``."""
        self.store.jobs.release(self.job.id, self.owner, status)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease while the block runs."""
        over = threading.Event()
        thread = threading.Thread(target=self._renew, args=(over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _renew(self, over: threading.Event) -> None:
        last = time.monotonic()
        while not over.wait(RENEW_SECONDS):
            try:
                wanted = self.store.jobs.renew(self.job.id, self.owner, LEASE_SECONDS)
                last = time.monotonic()
                if self._told != "lost":
                    self._told = wanted
            except LeaseLost:
                self._told = "lost"
            except StoreError:
                # The database is away for a moment, or for good.
                if time.monotonic() - last > LEASE_SECONDS:
                    self._told = "lost"
