"""What a training in bfloat16 takes, by how many compiled kernels torch and oneDNN may keep.

    python benchmarks/kernels.py [--kept 64 1024] [--steps 48] [--threads 1]

The starter on random rows of the librarian's lengths (409 tokens shared, 20 to 89 of the input's own,
50 to 109 to learn), batches of 16, in a process of its own for each number: 1,024 is what both keep by
themselves. Printed: memory at the end and at its peak, and processor time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from _language import quiet
from _scratch import model_folder
from etude.models import _kernels
from etude.models._causal import CausalModel
from etude.training.lm.log import LogRow
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.settings import settings_from
from etude.training.lm.watching import Unwatched
from memory import CHATML_END

BATCH = 16


def measured(kept: int, steps: int, threads: int) -> tuple[float, ...]:
    """MB at the end, MB at the peak, seconds of processor time; from a process of its own."""
    command = [sys.executable, __file__, "--hold", "--steps", str(steps), "--threads", str(threads)]
    environment = os.environ | dict.fromkeys(_kernels.SETTINGS, str(kept))
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return tuple(map(float, said.stdout.split()[-3:]))


def hold(steps: int) -> None:
    """Train, and say what it took."""
    model = CausalModel("measured", model_folder("builtin:starter"))
    random = np.random.default_rng(0)
    shared = random.integers(300, 4000, 409)
    pairs = [_pair(shared, random) for _ in range(BATCH * steps)]
    settings = settings_from({"epochs": 1, "batch_size": BATCH, "precision": "bf16"})
    started = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        seen: list[float] = []
        train(model, pairs, [], settings, Path(place) / "training", watch=_Noting(seen))
    peak = _status("VmHWM")
    print(seen[-1], peak, time.process_time() - started)


def _pair(shared: np.ndarray, random: np.random.Generator) -> TokenPair:
    own, target = random.integers(20, 90), random.integers(50, 110)
    return TokenPair(
        np.concatenate([shared, random.integers(300, 4000, own)]).astype(np.int32),
        np.append(random.integers(300, 4000, target - 1), CHATML_END).astype(np.int32),
    )


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


class _Noting(Unwatched):
    """Notes memory as rows of the log come: a training that ends gives back what is free."""

    def __init__(self, seen: list[float]) -> None:
        self._seen = seen

    def row(self, row: LogRow, total: int) -> None:
        self._seen.append(_status("VmRSS"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kept", nargs="+", type=int, default=[_kernels.KEPT, 1024])
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hold", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    quiet()
    if asked.hold:
        hold(asked.steps)
        return
    print("| kernels kept | MB at the end | MB at the peak | s of processor |\n|---|---|---|---|")
    for kept in asked.kept:
        end, peak, seconds = measured(kept, asked.steps, asked.threads)
        print(f"| {kept:,} | {end:,.0f} | {peak:,.0f} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
