"""The server and its workers killed again and again while jobs run: none is lost, none done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import openai
import psutil
import pytest
import torch
from safetensors.torch import load_file
from tests.jobs._made import EXAMPLES, lines, tiny
from tests.serving._live import client

from etude.store import Store

ROOT = Path(__file__).parents[2]
KILLS = 20


class Served:
    """``etude serve`` in a process of its own."""

    def __init__(self, root: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
        code = "from etude.cli.main import main; main()"
        command = [sys.executable, "-c", code, "serve", "--port", "0", "--json"]
        self.process = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.client: openai.OpenAI = client(address_in(self.process.stdout.readline()))

    def workers(self) -> list[psutil.Process]:
        found = []
        for one in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # a zombie among them
                if "etude.jobs.worker" in one.cmdline():
                    found.append(one)
        return found


def address_in(line: str) -> str:
    said = json.loads(line)
    (address,) = [value for value in said.values() if str(value).startswith("http")]
    return f"{address.rstrip('/').removesuffix('/v1')}/v1"


def train(served: Served, file: str, name: str) -> str:
    hyper = {"n_epochs": 50, "batch_size": 2}
    job = served.client.fine_tuning.jobs.create(
        model="gpt-4.1-mini",
        training_file=file,
        suffix=name,
        seed=3,
        method={"type": "supervised", "supervised": {"hyperparameters": hyper}},
    )
    return job.id


def weights(root: Path, job: str) -> dict[str, torch.Tensor]:
    with Store.open(root) as store:
        found = store.jobs.find(job)
        assert found is not None
        assert (found.status, found.error) == ("succeeded", None)
        tuned = store.jobs.tuned_model(found.name)
        assert tuned is not None
        said = [event.message for event in store.jobs.history.events(job, limit=2000)[0]]
        assert len(said) == len(set(said))
        return load_file(store.folder / tuned.path / "model.safetensors")


def finished(served: Served, job: str) -> bool:
    return served.client.fine_tuning.jobs.retrieve(job).status in ("succeeded", "failed")


@pytest.mark.soak
def test_twenty_kills_of_server_and_worker_lose_no_job(tmp_path: Path) -> None:
    tiny(tmp_path)
    (tmp_path / "serve.yaml").write_text("tuning: {models: {gpt-4.1-mini: tiny}}\npreload: false\n")
    running = [Served(tmp_path)]
    try:
        whole, jobs = killed(tmp_path, running)
        left = running[-1].workers()
        running[-1].process.send_signal(signal.SIGTERM)
        running[-1].process.wait(timeout=60)
        assert not any(one.is_running() for one in left)
    finally:
        running[-1].process.kill()
    wanted = weights(tmp_path, whole)
    for job in jobs:
        found = weights(tmp_path, job)
        assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def killed(root: Path, running: list[Served]) -> tuple[str, list[str]]:
    """A job that was left alone, and those that went through the kills; the last server runs on."""
    chance, served = random.Random(5), running[-1]
    file = served.client.files.create(file=("a.jsonl", lines(EXAMPLES)), purpose="fine-tune").id
    whole = train(served, file, "whole")
    wait(served, [whole])
    jobs = [train(served, file, "killed")]
    for kill in range(KILLS):
        until = time.monotonic() + 20
        while not served.workers() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 4))
        if kill % 2:
            for one in served.workers():
                one.kill()
        else:
            served.process.kill()
            served.process.wait()
            served = Served(root)
            running.append(served)
        if finished(served, jobs[-1]):
            jobs.append(train(served, file, "killed"))
    wait(served, jobs)
    return whole, jobs


def wait(served: Served, jobs: list[str]) -> None:
    until = time.monotonic() + 120
    while not all(finished(served, job) for job in jobs):
        assert time.monotonic() < until
        time.sleep(0.2)
