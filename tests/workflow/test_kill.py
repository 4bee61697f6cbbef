"""kill -9 at random moments of a run, then resume: the same predictions, scorecards and verdict.

A reference run is left alone; the same project elsewhere is killed again and again, then let
finish. Everything but what was timed must come out the same, bit for bit.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import etude
from etude.data import stored
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.workflow import keeping
from tests.workflow.conftest import Maker

ROOT = Path(__file__).resolve().parents[2]
TIMED = {"fit_seconds", "latency", "cost", "gates", "dominated_by"}


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.workflow.climb", str(folder), *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HF_HUB_OFFLINE": "1"},
    )


def finish(folder: Path, *options: str) -> float:
    began = time.monotonic()
    process = start(folder, *options)
    _, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - began


def result(folder: Path) -> tuple[Comparison, pl.DataFrame]:
    session = etude.open(folder)._session
    comparison = keeping.latest(session)
    return comparison, keeping.rows_of(session, comparison)


def untimed(candidate: CandidateReport) -> dict[str, object]:
    return candidate.model_dump(exclude=TIMED)


def hold_equal(killed: Path, reference: Path) -> None:
    mine, my_rows = result(killed)
    theirs, their_rows = result(reference)
    assert_frame_equal(my_rows, their_rows, check_exact=True)
    assert [untimed(c) for c in mine.candidates] == [untimed(c) for c in theirs.candidates]
    assert mine.pairs == theirs.pairs
    assert mine.verdict.decision == theirs.verdict.decision
    assert mine.verdict.recommended == theirs.verdict.recommended
    assert mine.dataset.id == theirs.dataset.id


def hold_whole(folder: Path) -> None:
    """No half-written file: every stored version and table can be read, no temporary is left."""
    store = etude.open(folder)._session.store
    stored.read(store.version_folder(store.latest_version()))
    for table in (folder / ".etude").rglob("*.parquet"):
        pl.read_parquet(table)


def killed_run(
    folder: Path, kills: int, window: tuple[float, float], seed: int, *options: str
) -> int:
    """Kill ``kills`` runs at random moments, seconds from the start within ``window``.

    Returns how many were under way; the others had finished.
    """
    rng = random.Random(seed)
    caught = 0
    for _ in range(kills):
        process = start(folder, *options)
        try:
            process.wait(timeout=rng.uniform(*window))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            caught += 1
        process.communicate()
    return caught


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_a_run_killed_twice_ends_as_one_left_alone(make_project: Maker) -> None:
    reference, killed = (make_project(per_label=12, ladder="retrieval, finetune") for _ in range(2))
    length = finish(reference, "--quick")
    assert killed_run(killed, 2, (0.15 * length, 0.8 * length), 5, "--quick") >= 1
    hold_whole(killed)
    finish(killed, "--quick")
    hold_equal(killed, reference)


@pytest.mark.soak
def test_a_run_killed_twenty_times_ends_as_one_left_alone(make_project: Maker) -> None:
    ladder = "prompt, few_shot, retrieval, probe, finetune"
    reference, killed = (make_project(per_label=14, ladder=ladder) for _ in range(2))
    length = finish(reference)
    start_up = finish(reference)  # everything is cached: what is left is starting
    # Each run goes on where the last was killed: each may do about a twentieth of the work.
    window = (0.5 * start_up, start_up + (length - start_up) / 15)
    caught = killed_run(killed, 20, window, 6)
    print(f"one run takes {length:.0f} s; {caught} of 20 were killed under way")
    assert caught >= 12
    hold_whole(killed)
    finish(killed)
    hold_equal(killed, reference)
