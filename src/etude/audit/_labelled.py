"""The rows that were answered unseen, as numbers: what audits of labels start from.

A label counts as known where enough independent rows bear it; others can be neither doubted nor
suggested. It knows a material's frame and predictions, and no finding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._base import Material
from etude.statistics.intervals import Interval
from etude.statistics.proportions import wilson_grouped

FEWEST = 5
"""Independent rows of a label from which on it is known."""
UNLEARNED = ("holdout", "left_out")
"""Sides whose rows nothing is learned from."""


@dataclass(frozen=True)
class Unseen:
    """``frame``: rows that were answered, with ``at`` (position) and the frame's own columns;
    ``given_M`` their labels and ``probabilities_ML`` their answers; ``known_L``; ``learned_M``: the
    row is no held-out one and no copy of one."""

    labels: tuple[str, ...]
    frame: pl.DataFrame
    given_M: NDArray[np.int64]
    probabilities_ML: NDArray[np.float64]
    known_L: NDArray[np.bool_]
    learned_M: NDArray[np.bool_]

    @property
    def guess_M(self) -> NDArray[np.int64]:
        """The likeliest label of each row."""
        return np.asarray(self.probabilities_ML.argmax(axis=1), dtype=np.int64)

    @property
    def groups_M(self) -> NDArray[np.int64]:
        """The group of each row."""
        return self.frame["group"].to_numpy().astype(np.int64)

    def agreement(self) -> tuple[Interval, float]:
        """On which share of the learned rows the answers agree with the labels (95 %), and on which
        share they would by chance (Cohen 1960: both answering as often each label, apart)."""
        given, guess = self.given_M[self.learned_M], self.guess_M[self.learned_M]
        count = len(self.labels)
        chance = np.bincount(given, minlength=count) @ np.bincount(guess, minlength=count)
        right = (given == guess).astype(np.float64)
        return wilson_grouped(right, self.groups_M[self.learned_M]), float(chance) / len(given) ** 2


def unseen(material: Material) -> Unseen | None:
    """The rows that were answered; None where there are no predictions or next to none."""
    if material.predict is None:
        return None
    predicted = material.predict()
    place = {label: at for at, label in enumerate(predicted.labels)}
    given = material.frame["target"].replace_strict(place, default=-1, return_dtype=pl.Int64)
    whole = np.isfinite(predicted.probabilities_NL).all(axis=1)
    rows = np.flatnonzero(whole & (given.to_numpy() >= 0))
    frame = material.frame[rows].with_columns(pl.Series("at", rows, dtype=pl.Int64))
    learned = ~frame["side"].is_in(list(UNLEARNED)).to_numpy()
    if not learned.any():
        return None
    given_M = given.to_numpy()[rows].astype(np.int64)
    groups = np.zeros(len(place), dtype=np.int64)
    pairs = np.unique(
        np.stack([frame["group"].to_numpy()[learned], given_M[learned]], axis=1), axis=0
    )
    np.add.at(groups, pairs[:, 1].astype(np.int64), 1)
    return Unseen(
        predicted.labels,
        frame,
        given_M,
        predicted.probabilities_NL[rows],
        groups >= FEWEST,
        learned,
    )


def shortened(label: str, most: int = 60) -> str:
    """A label or text as a sentence names it, in quotes."""
    return f"'{label if len(label) <= most else label[: most - 1] + '…'}'"


def percent(share: float) -> str:
    """``7.5 %``, ``31 %``, ``under 0.1 %``."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    figure = f"{100 * share:.1f}" if share < 0.1 else f"{100 * share:.0f}"
    return f"{figure.removesuffix('.0')} %"
