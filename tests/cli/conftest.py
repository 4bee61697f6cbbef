"""The command line in this process, on a project that is made up: fast, and every error at will."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import etude
from etude.audit import Found
from etude.audit._summary import summarise
from etude.cli.main import run
from etude.progress import Progress
from etude.records.comparison import Comparison
from etude.workflow.audit import NotRun
from etude.workflow.baseline import Compared
from etude.workflow.behave import Behaved
from etude.workflow.check import CheckResult
from etude.workflow.measured import Measured
from etude.workflow.predict import PredictedFile, Prediction, Predictions
from etude.workflow.report import Pages
from tests.report import fixtures

SOURCE = Path(etude.__file__).parents[1]


@dataclass
class Ran:
    """What one command line left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class FakeProject:
    """A project whose verbs answer at once, or raise what they are told to."""

    root: Path
    progress: Progress | None = None
    comparison: Comparison = field(default_factory=fixtures.dont_fine_tune)
    fails: BaseException | None = None
    calls: list[tuple[str, Any]] = field(default_factory=list)
    found: Sequence[Found] = ()
    compared: Compared | None = None
    measured: Measured | None = None
    failing: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    @property
    def task(self) -> Any:
        return self.comparison.task

    def _call(self, verb: str, *given: Any) -> None:
        self.calls.append((verb, given))
        if self.progress is not None:
            self.progress.say("Nothing leaves this machine.")
        if self.fails is not None:
            raise self.fails

    def behave(self, options: Any = None) -> Behaved:
        self._call("behave", options)
        names = {c.name: c.plain_name for c in self.comparison.candidates if c.quality}
        rows = self.root / "behaviour.parquet"
        found = fixtures.behaviour(self.comparison)
        if getattr(options, "canaries", False):
            secrets = fixtures.extraction(self.comparison, recited=3)
            found = found.model_copy(update={"extraction": (secrets,)})
        return Behaved(found, names, rows, self.comparison, self.failing)

    def check(self, options: Any = None, *, strict: bool = False) -> CheckResult:
        self._call("check", options)
        version = self.comparison.dataset
        summary = summarise(
            version.rows,
            version.findings,
            self.found,
            ran=("typos",),
            points=self.measured.points if self.measured else None,
        )
        return CheckResult(
            version,
            self.root,
            self.root / "rejects.csv",
            ("a warning",),
            summary,
            ran=(("typos", "typos"),),
            not_run=(NotRun("meanings", "what means the same", "left out by --quick"),),
            compared=self.compared,
            measured=self.measured,
        )

    def compare(self, options: Any = None) -> Comparison:
        self._call("compare", options)
        return self.comparison

    def report(self, *, show_holdout: bool = False) -> Pages:
        self._call("report", show_holdout)
        pages = self.root / "report.html", self.root / "rows.html", self.root / "cards"
        return Pages(*pages, self.comparison)

    def predict(
        self,
        texts: Sequence[str],
        candidate: str | None = None,
        confirm: Any = None,
        release: str | None = None,
    ) -> Predictions:
        self._call("predict", list(texts), candidate)
        answers = tuple(Prediction(text, f"<{text}>", 0.93, None) for text in texts)
        return Predictions(candidate or "probe@builtin:minilm", answers)

    def predict_file(
        self,
        source: Path,
        target: Path,
        candidate: str | None = None,
        confirm: Any = None,
        release: str | None = None,
    ) -> PredictedFile:
        self._call("predict_file", source, target, candidate)
        return PredictedFile("probe@builtin:minilm", source, target, 3, 1, ())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProject:
    """A folder with a task file, to be in, and the made-up project that opens there."""
    (tmp_path / "etude.yaml").write_text("task: x\n")
    made = FakeProject(tmp_path)

    def opened(root: Path, progress: Progress | None = None) -> FakeProject:
        made.root, made.progress = Path(root), progress
        return made

    monkeypatch.setattr(etude, "open", opened, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return made


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run one command line in this process; ``stdin`` is what is piped in."""

    def call(*args: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(args)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


def process(
    *args: str, cwd: Path, stdin: bytes = b"", program: str | None = None, **env: str
) -> Ran:
    """A real process: ``etude`` with ``args``, or Python with ``program``."""
    call = ["-c", program] if program is not None else ["-m", "etude.cli.main"]
    done = subprocess.run(
        [sys.executable, *call, *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "HF_HUB_OFFLINE": "1", **env},
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
