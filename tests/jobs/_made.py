"""A served folder with a tiny model, uploaded files, and jobs: for tests here and of the server."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etude.jobs import worker
from etude.records.task import ModelRef
from etude.records.tuning import Hyperparameters, Job, Method
from etude.store import Store
from etude.store.ids import made
from tests.models._causal_folders import write_causal

EXAMPLES = tuple(
    {
        "messages": [
            {"role": "system", "content": "Say the word."},
            {"role": "user", "content": f"{letter} {word}"},
            {"role": "assistant", "content": word.upper()},
        ]
    }
    for letter in "abc"
    for word in ("red", "green", "blue", "black")
)
PREFERENCES = tuple(
    {
        "input": {"messages": row["messages"][:2]},
        "preferred_output": [row["messages"][2]],
        "non_preferred_output": [{"role": "assistant", "content": "No."}],
    }
    for row in EXAMPLES
)


def lines(rows: Sequence[Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def tiny(folder: Path) -> Path:
    """A model of some thousand weights."""
    return write_causal(folder / "tiny", num_hidden_layers=1, hidden_size=16, intermediate_size=16)


def upload(store: Store, rows: Sequence[Any] | bytes = EXAMPLES) -> str:
    data = rows if isinstance(rows, bytes) else lines(rows)
    return store.files.write(data, purpose="fine-tune", filename="a.jsonl").id


def queue(
    store: Store, model: Path | str, rows: Sequence[Any] | bytes = EXAMPLES, **more: Any
) -> Job:
    """A job over uploaded rows; ``hyper`` are its hyperparameters."""
    hyper = {"n_epochs": 2, "batch_size": 4} | more.pop("hyper", {})
    kind = more.pop("kind", "supervised")
    job = Job(
        id=made("ftjob-"),
        created=1,
        model="tiny",
        reference=ModelRef(name=str(model)),
        name=more.pop("name", "ft:tiny:local::abcdefgh"),
        method=Method(type=kind, hyperparameters=Hyperparameters(**hyper)),
        training_file=upload(store, rows),
        results_file=store.files.new(),
        **({"seed": 1} | more),
    )
    return store.jobs.create(job)


def run(store: Store) -> None:
    """Do the next job in this process."""
    worker.work(store, threading.Event(), jobs=1, idle=0)


def done(store: Store, job: Job) -> Job:
    """Do the job, and what became of it."""
    run(store)
    found = store.jobs.find(job.id)
    assert found is not None
    return found


def events(store: Store, job: Job) -> list[str]:
    """What was said of a job, oldest first."""
    return [event.message for event in store.jobs.history.events(job.id, limit=500)[0]][::-1]
