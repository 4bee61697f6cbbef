"""A worker killed at any moment: the job goes on, to the same weights, and nothing happens twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Literal

import pytest
import torch
from safetensors.torch import load_file

from etude.jobs import worker
from etude.records.tuning import Job
from etude.store import Store
from tests.jobs._made import EXAMPLES, PREFERENCES, events, queue, run, tiny

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys, threading, torch
from pathlib import Path
from etude.jobs import worker
from etude.jobs.following import Following, FollowingPreferences
from etude.training.lm import checkpoints
torch.set_num_threads(1)
checkpoints.EVERY_SECONDS = 0.0
row = Following.row
def dying(self, what, total):
    row(self, what, total)
    if what.step >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Following.row = dying
step = FollowingPreferences.step
def dying_too(self, number, total, figures):
    step(self, number, total, figures)
    if number >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
FollowingPreferences.step = dying_too
from etude.store import Store
worker.work(Store.open(sys.argv[1]), threading.Event(), jobs=1, idle=0)
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}


def weights(store: Store, job: Job) -> dict[str, torch.Tensor]:
    found = store.jobs.tuned_model(job.name)
    assert found is not None
    return load_file(store.folder / found.path / "model.safetensors")


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def check(store: Store, job: Job, wanted: dict[str, torch.Tensor], steps: int) -> None:
    found = store.jobs.find(job.id)
    assert found is not None
    assert (found.status, found.error) == ("succeeded", None)
    assert same(weights(store, job), wanted)
    said = [one for one in events(store, job) if one.startswith("Step ")]
    assert said == sorted(set(said), key=said.index)  # none twice
    assert len(said) == steps
    assert len(store.files.page(purpose="fine-tune-results")[0]) == 2


# The other one brings TRL into two processes, which takes longer than all that is tested.
@pytest.mark.parametrize("kind", ["supervised", pytest.param("dpo", marks=pytest.mark.soak)])
def test_a_job_whose_worker_was_killed_ends_with_the_same_weights(
    tmp_path: Path, kind: Literal["supervised", "dpo"]
) -> None:
    file = PREFERENCES if kind == "dpo" else EXAMPLES
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    model = tiny(tmp_path)
    with Store.open(tmp_path / "project") as store:
        whole = queue(store, model, file, kind=kind, name="ft:tiny:local:whole:1")
        run(store)
        job = queue(store, model, file, kind=kind, name="ft:tiny:local:killed:2")
        command = [sys.executable, "-c", KILLED, str(store.root), "4"]
        done = subprocess.run(command, env=environment(), check=False)
        assert done.returncode == -signal.SIGKILL
        left = store.jobs.find(job.id)
        assert left is not None
        assert left.status == "running"
        assert list((store.jobs.folder / job.id / "checkpoints").iterdir())
        run(store)  # nobody waits for the lease of a process that is gone
        check(store, job, weights(store, whole), steps=6)
    torch.set_num_threads(threads)


@pytest.mark.soak
def test_twenty_kills_of_real_workers(tmp_path: Path) -> None:
    """Kills at random moments, from the first import to the last file."""
    chance, model = random.Random(4), tiny(tmp_path)
    settings = {"n_epochs": 20, "batch_size": 1}
    environ = environment()
    with Store.open(tmp_path / "project") as store:
        whole = queue(store, model, name="ft:tiny:local:whole:1", hyper=settings)
        worker_once(store, environ)
        job = queue(store, model, name="ft:tiny:local:killed:2", hyper=settings)
        for kill in range(20):
            process = start(store, environ)
            before = len(events(store, job))
            until = time.monotonic() + 60
            while kill % 2 and len(events(store, job)) == before and time.monotonic() < until:
                time.sleep(0.05)  # every other one is sure to get further
            time.sleep(chance.uniform(0, 1.5))
            process.kill()
            process.wait()
        worker_once(store, environ)
        check(store, job, weights(store, whole), steps=240)


def start(store: Store, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "etude.jobs.worker", str(store.root)]
    return subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)


def waits(store: Store) -> bool:
    """Whether a job is not done yet."""
    waiting = {"validating_files", "queued", "running"}
    return any(job.status in waiting for job in store.jobs.page(after=None, limit=9)[0])


def worker_once(store: Store, environ: dict[str, str]) -> None:
    """A worker until nothing waits any more, then told to end.

    Where nothing waits none is begun: it could be told before it listens.
    """
    if not waits(store):
        return
    process = start(store, environ)
    until = time.monotonic() + 120
    while waits(store):
        assert time.monotonic() < until
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_a_worker_without_work_ends_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        shutdown = threading.Event()
        thread = threading.Thread(target=worker.work, args=(store, shutdown))
        thread.start()
        shutdown.set()
        thread.join(timeout=5)
        assert not thread.is_alive()
