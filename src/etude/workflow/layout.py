"""From a dataset version to the parts that candidates are chosen, fitted and scored on."""

from __future__ import annotations

import numpy as np

from etude.data.examples import Examples
from etude.data.inner import inner_split
from etude.data.stored import Prepared
from etude.evaluation.parts import Layout, Part

CALIBRATION, CALIBRATION_MOST = 0.15, 1_000
"""Share of the training side that is set apart for calibration, and the most examples of it."""
CALIBRATION_FROM = 100
"""Training examples below which none are spared."""
CALIBRATION_SEED = 1_000
"""Of that cut: another one than any that dev is made with."""
DEV_SEED = 2_000
"""Of the cut that settings are chosen on where dev itself is scored."""
INNER_DEV = 0.15
"""Share of a fold's training part that settings are chosen on."""


def layout_of(prepared: Prepared, quick: bool, calibrating: bool = False) -> Layout:
    """One part with a holdout; one a fold in cross-fitting, the first alone with ``quick``.

    ``calibrating``: with a holdout, some of what could be learned from is set apart to find when to
    hand over; in cross-fitting what is out of fold serves.
    """
    if prepared.version.scheme == "holdout":
        train, apart = prepared.train(), None
        if calibrating and len(train) >= CALIBRATION_FROM:
            share = min(CALIBRATION, CALIBRATION_MOST / len(train))
            train, apart = inner_split(
                train, share, seed=CALIBRATION_SEED, by_target=bool(prepared.labels)
            )
        part = Part(0, train, prepared.dev(), prepared.holdout(), apart)
        return Layout((part,), cross_fitting=False, total=prepared.version.rows)
    count = 1 if quick else prepared.version.folds
    parts = tuple(_fold(prepared, index) for index in range(count))
    return Layout(parts, cross_fitting=True, total=prepared.version.rows)


def whole_part(prepared: Prepared) -> Part:
    """Everything to fit the kept candidate on, nothing to score: after cross-fitting."""
    everything = prepared.everything()
    train, dev = _inner(prepared, everything, prepared.version.folds)
    return Part(prepared.version.folds, train, dev, no_examples())


def no_examples() -> Examples:
    """Zero examples."""
    return Examples((), (), (), np.zeros(0, dtype=np.int64))


def _fold(prepared: Prepared, index: int) -> Part:
    rest, scored = prepared.fold(index)
    train, dev = _inner(prepared, rest, index)
    return Part(index, train, dev, scored)


def _inner(prepared: Prepared, examples: Examples, seed: int) -> tuple[Examples, Examples]:
    return inner_split(examples, INNER_DEV, seed=seed, by_target=bool(prepared.labels))


def dev_layout(prepared: Prepared, layout: Layout) -> Layout:
    """``layout`` with dev in the place of what is kept aside, which stays untouched.

    Candidates are fitted on train alone and every choice is made inside it, so that dev is as new to
    them as the examples kept aside would be. In cross-fitting nothing is kept aside: ``layout`` itself.
    """
    if layout.cross_fitting:
        return layout
    whole = layout.parts[0]
    train, inner = _inner(prepared, whole.train, DEV_SEED)
    part = Part(0, train, inner, prepared.dev(), whole.calibration)
    return Layout((part,), cross_fitting=False, total=layout.total, on_dev=True)
