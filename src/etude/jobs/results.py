"""The file of figures that a job leaves: CSV, a row a step (or one for several, of a long job)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from etude.records.tuning import Metrics

COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
FILENAME, PURPOSE = "step_metrics.csv", "fine-tune-results"


def as_csv(rows: Sequence[Metrics]) -> bytes:
    """The rows as UTF-8; a figure that was not taken is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        figures = (
            row.train_loss,
            row.train_mean_token_accuracy,
            row.valid_loss,
            row.valid_mean_token_accuracy,
        )
        writer.writerow([row.step, *("" if f is None else f"{f:.5f}" for f in figures)])
    return out.getvalue().encode()
