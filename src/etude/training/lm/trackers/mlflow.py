"""MLflow: a local SQLite file in ``<workdir>``, or the server in ``MLFLOW_TRACKING_URI``.

Its own telemetry is turned off before it is imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etude.training.lm.log import LogRow
from etude.training.lm.settings import LmSettings
from etude.training.lm.trackers._base import figures, library


class _Run:
    def __init__(self, mlflow: Any) -> None:
        self._mlflow = mlflow

    def log(self, row: LogRow) -> None:
        """All figures of a step at once."""
        self._mlflow.log_metrics(figures(row), step=row.step)


@contextmanager
def _open(workdir: Path, settings: LmSettings) -> Iterator[_Run]:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    mlflow = library("mlflow", "mlflow", "mlflow")
    if "MLFLOW_TRACKING_URI" not in os.environ:
        mlflow.set_tracking_uri(f"sqlite:///{workdir.resolve() / 'mlflow.db'}")
    mlflow.set_experiment("etude")
    with mlflow.start_run(run_name=workdir.name):
        mlflow.log_params(settings.as_dict())
        yield _Run(mlflow)


TRACKER = _open
