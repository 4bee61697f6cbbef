"""A job whose queue is on a PostgreSQL server: leases, events and the model's name lie there."""

from __future__ import annotations

from pathlib import Path

import torch

from etude.store import Store
from tests.jobs._made import done, events, queue, tiny
from tests.store.conftest import postgresql

__all__ = ["postgresql"]


def test_a_job_runs_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with Store.open(tmp_path / "project", url=postgresql) as store:
        job = done(store, queue(store, tiny(tmp_path)))
        assert (job.status, job.error) == ("succeeded", None)
        assert store.jobs.tuned_model(job.name) is not None
        assert len(store.jobs.history.checkpoints(job.id)[0]) == 2
        assert events(store, job)[-1] == "The job has successfully completed"
    assert not (tmp_path / "project" / ".etude" / "etude.db").exists()
    torch.set_num_threads(threads)
