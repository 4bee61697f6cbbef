"""A process that climbs the ladder of a project: what the kill tests kill.

Timing is short, as in the other tests, and fine-tuning runs a few epochs only; everything else is
what ``etude compare`` runs.
"""

from __future__ import annotations

import etude
from etude.approaches import _tuned
from etude.evaluation import latency
from etude.project import CompareOptions

_tuned.MOST_EPOCHS, _tuned.RATES_WHEN_SMALL = 3, (2e-4,)
latency.SINGLES, latency.BATCH, latency.BATCH_ROUNDS = 4, 8, 2


def main(folder: str, *options: str) -> None:
    etude.open(folder).compare(CompareOptions(quick="--quick" in options))
