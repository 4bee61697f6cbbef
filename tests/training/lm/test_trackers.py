"""Trackers: TensorBoard for real; MLflow and Weights & Biases against fakes of their modules."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etude.errors import MissingDependency
from etude.training.lm.log import LogRow
from etude.training.lm.loop import train
from etude.training.lm.trackers import started
from tests.training.lm._tiny import SETTINGS, TinySource, pairs

ROW = LogRow(5, 0.5, 1.25, 1.5, 1e-3, 900.0, 2.0)
FIRST = LogRow(0, 0.0, None, 2.5, 0.0, 0.0, 0.0)


def test_tensorboard_files_hold_the_curve(tmp_path: Path) -> None:
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    settings = replace(SETTINGS, trackers=("tensorboard",), epochs=1)
    result = train(TinySource(), pairs(16), pairs(8, 1), settings, tmp_path)
    events = reading.EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    said = {event.step: event.value for event in events.Scalars("loss/train")}
    wanted = {row.step: row.loss for row in result.log if row.loss is not None}
    assert said == pytest.approx(wanted, rel=1e-6)
    assert len(events.Scalars("loss/dev")) == sum(r.dev_loss is not None for r in result.log)


@pytest.mark.parametrize(
    ("name", "module", "line"),
    [
        ("tensorboard", "torch.utils.tensorboard", "'etude[track]'"),
        ("mlflow", "mlflow", "pip install mlflow"),
        ("wandb", "wandb", "pip install wandb"),
    ],
)
def test_one_that_is_missing_names_the_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, line: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with (
        pytest.raises(MissingDependency) as caught,
        started((name,), tmp_path, SETTINGS),
    ):
        pass
    assert line in str(caught.value)


class FakeMlflow:
    """What is called of MLflow, and with which environment it was opened."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def set_tracking_uri(self, uri: str) -> None:
        self.calls.append(("uri", uri, os.environ.get("MLFLOW_DISABLE_TELEMETRY")))

    def set_experiment(self, name: str) -> None:
        self.calls.append(("experiment", name))

    @contextmanager
    def start_run(self, run_name: str) -> Any:
        self.calls.append(("start", run_name))
        yield
        self.calls.append(("end",))

    def log_params(self, values: dict[str, Any]) -> None:
        self.calls.append(("params", values["learning_rate"]))

    def log_metrics(self, values: dict[str, float], step: int) -> None:
        self.calls.append(("metrics", values, step))


def test_mlflow_is_local_without_telemetry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMlflow()
    monkeypatch.setitem(sys.modules, "mlflow", fake)  # type: ignore[arg-type]
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with started(("mlflow",), tmp_path / "run", SETTINGS) as trackers:
        trackers.log(FIRST)
        trackers.log(ROW)
    uri = f"sqlite:///{tmp_path / 'run' / 'mlflow.db'}"
    assert fake.calls[0] == ("uri", uri, "true")
    assert fake.calls[3] == ("params", 3e-3)
    assert "loss/train" not in fake.calls[4][1]
    assert fake.calls[5][1:] == (
        {
            "loss/train": 1.25,
            "loss/dev": 1.5,
            "learning_rate": 1e-3,
            "tokens_per_second": 900.0,
            "epoch": 0.5,
        },
        5,
    )
    assert fake.calls[-1] == ("end",)


def test_mlflows_server_is_a_persons_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeMlflow()
    monkeypatch.setitem(sys.modules, "mlflow", fake)  # type: ignore[arg-type]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    with started(("mlflow",), tmp_path, SETTINGS):
        pass
    assert not [call for call in fake.calls if call[0] == "uri"]


def test_wandb_is_offline_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    run = SimpleNamespace(
        log=lambda values, step: calls.append(("log", values["loss/dev"], step)),
        finish=lambda: calls.append(("finish",)),
    )

    def init(**said: Any) -> Any:
        calls.append(("init", said["mode"], said["dir"], said["config"]["epochs"]))
        return run

    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(init=init))  # type: ignore[arg-type]
    monkeypatch.delenv("WANDB_MODE", raising=False)
    with started(("wandb",), tmp_path, SETTINGS) as trackers:
        trackers.log(ROW)
    assert calls == [("init", "offline", str(tmp_path), 3), ("log", 1.5, 5), ("finish",)]
    monkeypatch.setenv("WANDB_MODE", "online")
    with started(("wandb",), tmp_path, SETTINGS):
        pass
    assert calls[3][1] == "online"
