"""Every row's answers by a quick classifier that has not seen it: what labels are doubted by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etude.audit._base import Predictions
from etude.data.stored import Prepared
from etude.workflow._quick import Quick, quick_of
from etude.workflow.session import Session

_FILE = "probabilities.npy"


def predictions(session: Session, prepared: Prepared) -> Predictions:
    """Every row's answers by a fit that has not seen its group; computed once a version.

    Rows that are learned from are answered out of fold. Held-out rows, and the copies of them that
    are left out, are answered by a fit on all the rest, which none of them enters.

    Raises:
        ModelError: there is no encoder, or the task has no labels.
    """
    quick = quick_of(session, prepared)

    def build(out: Path, work: Path) -> None:
        found_NL = np.full((len(quick.examples), len(quick.context.labels)), np.nan)
        settings = quick.choose(np.flatnonzero(quick.learned_N))
        passes = list(_passes(quick))
        with session.progress.step("reading labels anew", len(passes), "fits") as step:
            for learn, score in passes:
                found_NL[score] = quick.second_opinions(learn, score, settings)
                step.advance(1)
        np.save(out / _FILE, found_NL, allow_pickle=False)

    unit = session.store.compute("out_of_fold", quick.key(prepared), build)
    return Predictions(quick.context.labels, np.load(unit.path / _FILE, allow_pickle=False))


def _passes(quick: Quick) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """What is learned from and what is scored, fit by fit."""
    for fold in quick.folds:
        yield quick.beside(fold), np.flatnonzero(quick.fold_N == fold)
    others = np.flatnonzero(~quick.learned_N)
    if len(others):
        yield np.flatnonzero(quick.learned_N), others
