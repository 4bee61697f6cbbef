"""``python -m etude.jobs.worker ROOT``: takes tuning jobs of a project and does them, one by one.

Several workers may run, on several machines where the folder and the database are shared. SIGTERM or
Ctrl-C ends one in good order: the step under way is kept and the job goes to the next. With
``--supervised`` it ends the same way when whoever started it is gone, and when there is nothing to do
for a while.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from etude.errors import EtudeError, StoreError
from etude.jobs.holding import LEASE_SECONDS, Held
from etude.store import Store
from etude.store.leases import holder

POLL_SECONDS = 0.5
IDLE_SECONDS = 30.0
"""A supervised worker without a job gives its memory back."""
_log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> int:
    """Work until told to end; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m etude.jobs.worker")
    parser.add_argument("root", type=Path, help="the folder that is served")
    parser.add_argument("--supervised", action="store_true", help="end when stdin is closed")
    said = parser.parse_args(arguments)
    # Whoever supervises it is told of jobs by the queue.
    level = logging.WARNING if said.supervised else logging.INFO
    logging.basicConfig(level=level, format="%(message)s")
    shutdown = threading.Event()
    _listen(shutdown, said.supervised)
    try:
        with Store.open(said.root) as store:
            _in_no_folder(store)
            work(store, shutdown, idle=IDLE_SECONDS if said.supervised else None)
    except EtudeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def work(
    store: Store, shutdown: threading.Event, jobs: int | None = None, idle: float | None = None
) -> None:
    """Take jobs and do them.

    Args:
        store: of the project.
        shutdown: ends the work when it is set.
        jobs: how many to do at most; None: any number.
        idle: seconds without a job after which to end; None: never.

    Raises:
        StoreError: the folder or the database can't be used.
    """
    since = time.monotonic()
    while not shutdown.is_set() and jobs != 0:
        owner = holder()
        job = store.jobs.claim(owner, LEASE_SECONDS)
        if job is None:
            if idle is not None and time.monotonic() - since >= idle:
                return
            shutdown.wait(POLL_SECONDS)
            continue
        # Late, for it brings torch: a worker that waits for its first job takes little memory.
        from etude.jobs.running import run_job

        _log.info("%s: taken", job.id)
        held = Held(store, job, owner, shutdown)
        run_job(held)
        _log.info("%s: %s", job.id, getattr(store.jobs.find(job.id), "status", "gone"))
        jobs = None if jobs is None else jobs - 1
        since = time.monotonic()


def _listen(shutdown: threading.Event, supervised: bool) -> None:
    def asked(number: int, frame: FrameType | None) -> None:
        shutdown.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    if supervised:

        def wait() -> None:
            while os.read(0, 1024):
                pass
            shutdown.set()

        threading.Thread(target=wait, daemon=True).start()


def _in_no_folder(store: Store) -> None:
    """Names of models come from outside; none may mean a folder that happens to lie here."""
    place = store.folder / "work" / "nowhere"
    try:
        place.mkdir(parents=True, exist_ok=True)
        os.chdir(place)
    except OSError as error:
        raise StoreError(f"the folder can't be used: {error.strerror}", where=str(place)) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
