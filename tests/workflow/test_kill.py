"""kill -9 at random moments of a run, then resume: the same predictions, scorecards and verdict.

A reference run is left alone; the same project elsewhere is killed again and again, then let
finish. Everything but what was timed must come out the same, bit for bit.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import etude
from etude.data import stored as examples
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.workflow import keeping
from tests._children import Child, main_of
from tests.workflow.conftest import Maker

ROOT = Path(__file__).resolve().parents[2]
TIMED = {"fit_seconds", "latency", "cost", "gates", "dominated_by"}


def start(folder: Path, *options: str) -> Child:
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    return Child(main_of("tests.workflow.climb"), folder, *options, cwd=ROOT, env=env)


def finish(folder: Path, *options: str) -> None:
    done = start(folder, *options).end(timeout=900)
    assert done.returncode == 0, done.stderr


def stored(folder: Path) -> int:
    """Units of work that are kept, and none of those that are being written."""
    return len(list(folder.glob(".etude/cache/[!.]*/??/*")))


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
    examples.read(store.version_folder(store.latest_version()))
    for table in (folder / ".etude").rglob("*.parquet"):
        pl.read_parquet(table)


def killed_run(folder: Path, after: Sequence[int], seed: int, *options: str) -> int:
    """Kill one run after the other, each up to half a second after it has so many units.

    Returns how many were under way; the others had finished.
    """
    chance = random.Random(seed)
    caught = 0
    for count in after:
        process = start(folder, *options)
        while process.poll() is None and stored(folder) < count:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.5))
        caught += process.poll() is None
        process.kill()
        process.wait()
    return caught


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_a_run_killed_twice_ends_as_one_left_alone(make_project: Maker) -> None:
    reference, killed = (make_project(per_label=8, ladder="retrieval, finetune") for _ in range(2))
    finish(reference, "--quick")
    units = stored(reference)
    assert killed_run(killed, [units // 3, units // 2], 5, "--quick") >= 1
    hold_whole(killed)
    finish(killed, "--quick")
    hold_equal(killed, reference)


@pytest.mark.soak
def test_a_run_killed_twenty_times_ends_as_one_left_alone(make_project: Maker) -> None:
    ladder = "prompt, few_shot, retrieval, probe, finetune"
    reference, killed = (make_project(per_label=14, ladder=ladder) for _ in range(2))
    finish(reference)
    units = stored(reference)
    caught = killed_run(killed, [units * kill // 20 for kill in range(20)], 6)
    print(f"a run has {units} units; {caught} of 20 were killed under way")
    assert caught >= 12
    hold_whole(killed)
    finish(killed)
    hold_equal(killed, reference)
