"""What only a job under way needs, removed when it is over: copies of people's texts before all."""

from __future__ import annotations

from etude.records.tuning import OVER
from etude.store import Store, atomic

COPIES = {"training_file": "training.jsonl", "validation_file": "validation.jsonl"}
"""Files of a job, copied into its folder by these names."""
_OTHERS = ("checkpoints", "adapter")


def tidied(store: Store, job: str) -> None:
    """Tidy the folder of a job that is over."""
    for name in (*COPIES.values(), *_OTHERS):
        atomic.remove(store.jobs.folder / job / name)


def tidy(store: Store) -> None:
    """Tidy after every job that ended without a worker, or whose worker was killed then."""
    for name in (*COPIES.values(), *_OTHERS):
        for left in store.jobs.folder.glob(f"*/{name}"):
            job = store.jobs.find(left.parent.name)
            if job is not None and job.status in OVER:
                tidied(store, job.id)
