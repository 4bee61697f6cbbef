"""Two processes take the steps of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from etude.errors import TrainingError
from etude.training.lm import preflight, worker
from etude.training.lm.distributed import Alone, world
from etude.training.lm.job import Job, read_job, write_job
from etude.training.lm.log import read_log
from etude.training.lm.loop import train
from etude.training.lm.worker import main
from tests.training.lm._run import weights
from tests.training.lm._tiny import SETTINGS, TinySource, pairs

ROOT = Path(__file__).parents[3]


def launch(folder: Path, processes: int) -> dict[str, object]:
    job = Job("tiny", tuple(pairs(21)), tuple(pairs(7, 1)), replace(SETTINGS, epochs=2))
    path = write_job(folder, job)
    if processes == 1:
        result = train(TinySource(), job.train, job.dev, job.settings, folder)
        return {"folder": str(result.folder), "best_dev_loss": result.best_dev_loss}
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [sys.executable, *launcher, "-m", "tests.training.lm._worker", str(path)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    environment["OMP_NUM_THREADS"] = "1"
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # one process speaks


def test_two_processes_take_the_steps_of_one(tmp_path: Path) -> None:
    one, two = launch(tmp_path / "1", 1), launch(tmp_path / "2", 2)
    assert one["best_dev_loss"] == pytest.approx(two["best_dev_loss"], rel=1e-5)
    logs = [read_log(Path(str(said["folder"])) / "training_log.jsonl") for said in (one, two)]
    assert [row.step for row in logs[0]] == [row.step for row in logs[1]]
    for ours, theirs in zip(*logs, strict=True):
        for name in ("loss", "dev_loss"):
            a, b = getattr(ours, name), getattr(theirs, name)
            assert a == b or a == pytest.approx(b, rel=1e-5)
    a, b = (weights(Path(str(said["folder"]))) for said in (one, two))
    assert max(float((a[name] - b[name]).abs().max()) for name in a) < 1e-4


def test_without_a_launcher_nothing_distributed_is_imported() -> None:
    assert isinstance(world({}), Alone)
    assert isinstance(world({"WORLD_SIZE": "1"}), Alone)
    code = (
        "import sys; from etude.training.lm import loop, distributed; distributed.world({});"
        "sys.exit('etude.training.lm._group' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )


def test_a_job_comes_back_as_it_was_written(tmp_path: Path) -> None:
    import numpy as np

    from etude.training.lm.pairs import Teacher

    teacher = Teacher(
        np.arange(12, dtype=np.int32).reshape(6, 2), np.full((6, 2), -1.5, np.float32)
    )
    made = pairs(3)
    made[1] = replace(made[1], weight=0.5, teacher=teacher)
    job = read_job(write_job(tmp_path, Job("builtin:starter", tuple(made), (), SETTINGS)))
    assert (job.model, job.settings, job.dev) == ("builtin:starter", SETTINGS, ())
    for ours, theirs in zip(made, job.train, strict=True):
        assert np.array_equal(ours.prompt, theirs.prompt)
        assert np.array_equal(ours.target, theirs.target)
        assert theirs.prompt.dtype == theirs.target.dtype == np.int32
    assert job.train[0].teacher is None
    read = job.train[1].teacher
    assert read is not None
    assert np.array_equal(read.ids_TK, teacher.ids_TK)
    assert np.array_equal(read.log_probabilities_TK, teacher.log_probabilities_TK)
    assert job.train[1].weight == 0.5


def test_a_job_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="can't be read"):
        read_job(tmp_path / "job.json")
    path = write_job(tmp_path, Job("x", tuple(pairs(2)), (), SETTINGS))
    (tmp_path / "train.parquet").write_bytes(b"no table")
    with pytest.raises(TrainingError, match="pairs can't be read"):
        read_job(path)


def test_the_worker_answers_with_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main([]) == 2
    assert main([str(tmp_path / "none.json")]) == TrainingError.exit_code
    assert "can't be read" in capsys.readouterr().err
    job = Job("tiny", tuple(pairs(8)), (), replace(SETTINGS, epochs=1))
    torch.set_num_threads(1)
    assert main([str(write_job(tmp_path, job))], lambda reference: TinySource()) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["folder"] == str(tmp_path / "model")
    assert "100 %" in shown.err


def test_the_worker_says_before_it_trains_what_may_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "train", stopped)
    job = Job("tiny", tuple(pairs(64)), (), SETTINGS)
    needed = preflight.preflight(TinySource(), job.train, (), SETTINGS).memory.total
    monkeypatch.setattr(preflight, "available", lambda device: needed - 1)
    path = str(write_job(tmp_path, job))
    assert main([path], lambda reference: TinySource()) == worker.INTERRUPTED
    assert "This training may not fit: " in capsys.readouterr().err
    monkeypatch.setenv("RANK", "1")
    assert main([path], lambda reference: TinySource()) == worker.INTERRUPTED
    assert "may not fit" not in capsys.readouterr().err
