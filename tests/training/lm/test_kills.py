"""A training killed at any moment goes on to the same weights, bit for bit."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
import torch

from tests._children import main_of, run
from tests.training.lm._run import METHODS, run_tiny, same, weights

ROOT = Path(__file__).parents[3]


def run_and_kill(workdir: Path, method: str, when: str, at: int) -> int:
    """The exit code of a training that kills itself."""
    return run(main_of("tests.training.lm._run"), workdir, method, when, at, cwd=ROOT).returncode


def whole(workdir: Path, method: str) -> dict[str, torch.Tensor]:
    torch.set_num_threads(1)
    return weights(run_tiny(workdir, METHODS[method], every=3600).folder)


def resumed(workdir: Path, method: str) -> dict[str, torch.Tensor]:
    return weights(run_tiny(workdir, METHODS[method]).folder)


@pytest.mark.parametrize(("method", "when", "at"), [("full", "step", 7), ("lora", "writing", 11)])
def test_a_killed_training_ends_with_the_same_bits(
    tmp_path: Path, method: str, when: str, at: int
) -> None:
    wanted = whole(tmp_path / "whole", method)
    assert run_and_kill(tmp_path / "killed", method, when, at) == -signal.SIGKILL
    assert list((tmp_path / "killed" / "checkpoints").iterdir())
    assert not (tmp_path / "killed" / "model").exists()
    assert same(resumed(tmp_path / "killed", method), wanted)
    log = (tmp_path / "killed" / "training_log.jsonl").read_text("utf-8").splitlines()
    assert len(log) == 21  # a row a step and the start, none twice


@pytest.mark.soak
@pytest.mark.parametrize("method", ["full", "lora"])
def test_ten_kills_at_random_moments(tmp_path: Path, method: str) -> None:
    wanted = whole(tmp_path / "whole", method)
    random = np.random.default_rng(3)
    kills = 0
    while kills < 5:
        workdir = tmp_path / f"killed-{kills}"
        for _ in range(2):  # the second one falls on a training that goes on
            when = ("step", "writing")[int(random.integers(2))]
            code = run_and_kill(workdir, method, when, int(random.integers(1, 9)))
            assert code == -signal.SIGKILL
        kills += 1
        assert same(resumed(workdir, method), wanted)
        assert not (workdir / "checkpoints").exists()
