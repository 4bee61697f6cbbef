"""``check`` at a terminal: the grade, ten findings at most, what to type, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from etude.audit import Found
from etude.audit._base import found
from etude.records.audit import Ablation, LearningCurve
from etude.records.dataset import Repair, Severity
from etude.workflow.baseline import Compared, New
from etude.workflow.measured import Measured

from .conftest import FakeProject, Ran


def one(code: str, severity: Severity = "warning", rows: int = 3) -> Found:
    hits = pl.DataFrame({"id": [f"r{n}" for n in range(rows)]}).with_columns(
        field=pl.lit("input"), proposal=pl.lit("x")
    )
    return found(
        "typos",
        code,
        severity,
        f"{rows} inputs have {code}",
        hits,
        costs="it is learned",
        repair=Repair(apply="replace", sentence="put it right"),
        seconds_each=40,
    )


def test_the_grade_what_it_costs_and_what_to_type(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    project.found = [one("typos")]
    words = " ".join(command("check").out.split())
    assert "! The examples: " in words or "✓ The examples: " in words
    assert "left as it is: it is learned" in words
    assert "next: put it right (about 2 minutes of a person's time)" in words
    assert "etude fix typos" in words
    assert "not looked for: what means the same (left out by --quick)" in words


def test_ten_are_shown_and_the_rest_counted(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    project.found = [one(f"code{n}") for n in range(12)]
    short = command("check").out
    assert short.count("have code") == 9  # one is what reading found
    assert "etude check --all" in short
    assert command("check", "--all").out.count("have code") == 12


def test_an_error_is_not_ready(project: FakeProject, command: Callable[..., Ran]) -> None:
    project.found = [one("leak", "error")]
    done = command("check", "--json")
    assert done.json["grade"]["word"] == "not ready"
    assert done.json["findings"][0]["code"] == "leak"
    assert done.json["to_do"][0] == "leak"
    assert done.code == 0


def test_new_faults_end_with_1_and_known_ones_with_0(
    project: FakeProject, command: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tmp_path / "known.json"
    project.compared = Compared(path, (New("typos", 2, ("r1", "r2")),), 7, 1)
    done = command("check", "--baseline", str(path))
    assert done.code == 1
    assert "new since the baseline: 2 of typos: r1, r2" in done.out
    assert "7 faults that the baseline knows let pass; 1 of its faults are gone" in " ".join(
        done.out.split()
    )
    assert "--baseline: 2 new faults" in done.err
    project.compared = Compared(path, (), 7, 0)
    assert command("check", "--baseline", str(path)).code == 0


def test_options_reach_the_project_or_are_refused(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    command("check", "--full", "--rows", "found.csv", "--traffic", "log.csv", "--measure")
    (_, (asked,)) = project.calls[-1]
    assert (asked.full, asked.measure, asked.quick) == (True, True, False)
    assert (asked.rows, asked.traffic) == (Path("found.csv"), Path("log.csv"))
    assert command("check", "--full", "--quick").code == 2
    assert command("check", "--strict", "--baseline", "b.json").code == 2
    assert command("check", "--rows", "found.docx").code == 2


def tried(code: str, low: float, middle: float, high: float) -> Ablation:
    return Ablation(code=code, rows=3, difference=middle, low=low, high=high, sentence="")


def test_what_was_measured_says_what_was_done_and_in_what_unit(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    project.found = [one("typos"), one("drift"), one("tone")]
    project.measured = Measured(
        LearningCurve(
            sentence="The next 100 examples would lift it by 1 to 2 points (right answers)."
        ),
        (
            tried("typos", 0.004, 0.012, 0.02),
            tried("drift", -0.02, -0.012, -0.004),
            tried("tone", -0.017, 0.006, 0.029),
        ),
    )
    words = " ".join(command("check", "--measure").out.replace("\u202f", " ").split())
    assert "measured: leaving them out brings +1.2 points (+0.4 to +2.0)" in words
    assert "measured: leaving them out costs 1.2 points (−2.0 to −0.4)" in words
    assert "changes nothing for certain (−1.7 to +2.9 points)" in words
    assert "lift it by 1 to 2 points (right answers)." in words


def test_a_reason_why_nothing_was_measured_stands_once(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    why = "there is no encoder on this machine"
    project.measured = Measured(
        LearningCurve(reason=why, sentence=f"The learning curve was not measured: {why}."),
        (Ablation(code="typos", rows=3, reason=why, sentence=""),),
    )
    words = " ".join(command("check", "--measure").out.split())
    assert words.count(why) == 1
    assert "what these cost was not measured: typos (for the same reason)" in words
