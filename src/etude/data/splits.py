"""Sides: which examples are trained on, chosen on, and kept aside; or folds, for few examples.

A group never straddles two sides. A side is for ever: what was kept aside once is never trained
on, however the data grow. Everything follows from the rows' contents, never from their order. It
knows canonical rows with their groups, and nothing of files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.data._allocate import FREE, Rows, allocate, group_keys
from etude.data._history import ASSIGNMENTS, Earlier, History
from etude.errors import DataError
from etude.records.dataset import Scheme
from etude.records.task import Split

FOLDS = 5
HOLDOUT_FROM = 2_000
"""Examples from which on a holdout is drawn unasked."""
HOLDOUT_GROUPS = 100
"""Independent groups that a holdout drawn unasked needs as well."""
FEWEST_GROUPS = 10
ALWAYS_TRAIN = -1
"""The fold of a group that holds all examples of some label: left out, it could not be learned."""

Sides = NDArray[np.str_]


@dataclass(frozen=True)
class Splits:
    """``side_N``: train, dev, holdout or left_out; all in cross-fitting, with ``fold_N``."""

    scheme: Scheme
    folds: int
    side_N: Sides
    fold_N: NDArray[np.int64] | None
    """From 0; ``ALWAYS_TRAIN`` is scored by nobody. None outside cross-fitting."""
    assignments: pl.DataFrame
    moved: int = 0
    """Rows whose fold (or train or dev) changed because a new row tied two groups together."""
    short_of_holdout: int = 0
    """More new groups that would allow a holdout where one is due; 0 where none is missing."""


def assign(
    frame: pl.DataFrame, previous: pl.DataFrame | None = None, *, split: Split | None = None
) -> Splits:
    """Give every row a side, keeping those it had.

    A holdout file (``held``), holdout rows of earlier versions, a written ``split``, or 2,000
    examples in 100 groups make the scheme *holdout*; else it is *cross-fitting* with 5 folds. A
    holdout is never drawn from rows that earlier versions trained or chose on. Rows in one group
    with held-out ones are ``left_out`` where they may not join them: because they were trained on
    before, or because the holdout is a file.

    Args:
        frame: canonical rows sorted by id, with ``group`` (integer from 0), ``group_key``,
            ``hash``, ``held`` and ``stratum`` (what to balance: the target of a classification).
        previous: the assignments of the version before (``ASSIGNMENTS``).
        split: the shares that the task file asks for.

    Raises:
        DataError: fewer than 10 independent groups to learn from.
    """
    work = _Work(frame, previous, split or Split())
    if work.kept_aside_N.any():
        return work.holdout(draw=not work.held_N.any())
    _refuse_few(work.groups, len(frame))
    due = split is not None or (len(frame) >= HOLDOUT_FROM and work.groups >= HOLDOUT_GROUPS)
    if not due:
        return work.cross_fitting()
    missing = int(np.ceil(work.split.holdout * work.groups)) - int(work.new_G.sum())
    if missing > 0:
        return work.cross_fitting(short=missing)
    return work.holdout(draw=True)


def _refuse_few(groups: int, rows: int) -> None:
    if groups >= FEWEST_GROUPS:
        return
    found = (
        f"{rows:,} examples"
        if rows == groups
        else (
            f"{rows:,} examples, but only {groups} that are independent of one another "
            "(copies, and rows of one group, count as one)"
        )
    )
    raise DataError(
        f"too few to learn from and to be scored: {found}",
        expected=f"at least {FEWEST_GROUPS} independent examples, better 50 or more",
        hint="add examples that differ from these",
    )


class _Work:
    """One assignment under way: the rows as arrays, and what is known of each group."""

    def __init__(self, frame: pl.DataFrame, previous: pl.DataFrame | None, split: Split) -> None:
        self.frame = frame
        self.previous = previous
        self.split = split
        self.group_N = frame["group"].to_numpy().astype(np.int64)
        self.groups = int(self.group_N.max()) + 1
        self.held_N = frame["held"].to_numpy()
        strata = frame["stratum"].unique().sort()
        self.label_N = strata.search_sorted(frame["stratum"]).to_numpy().astype(np.int64)
        self.labels = len(strata)
        history = History(previous, set(frame["group_key"].drop_nulls().to_list()))
        identities = frame.select("id", "hash", "group_key").iter_rows()
        self.earlier: list[Earlier | None] = [history.of(*identity) for identity in identities]
        self.was_N: Sides = np.array([e.side if e else "" for e in self.earlier], dtype="<U8")
        self.kept_aside_N = self.held_N | (self.was_N == "holdout")
        used = np.zeros(self.groups, dtype=np.bool_)
        used[self.group_N[(self.was_N != "") & (self.was_N != "holdout")]] = True
        self.new_G = ~used
        self.keys = group_keys(frame["id"].to_list(), self.group_N, self.groups)

    def holdout(self, draw: bool) -> Splits:
        """Train, dev and holdout; ``draw``: new groups may join the holdout."""
        side_N = self._beside_held_out()
        open_N = side_N == ""
        if open_N.any():
            _refuse_few(len(np.unique(self.group_N[open_N])), int(open_N.sum()))
        if draw:
            share = self.split.holdout
            fixed_G = np.where(self.new_G, FREE, 0)
            fixed_G[self.group_N[side_N == "holdout"]] = 1
            bin_N = self._spread(side_N != "left_out", (1 - share, share), fixed_G, keep_all=0)
            side_N[open_N & (bin_N == 1)] = "holdout"
        rest_N = side_N == ""
        if not rest_N.any():
            raise DataError(
                "no example is left to train on: all are copies of held-out ones, or of one group "
                "with them",
                expected="training examples of their own",
                hint="take the held-out examples out of the training file",
            )
        dev = self.split.dev / (1 - self.split.holdout) if draw else self.split.dev
        fixed_G, moved = self._majority(("train", "dev"))
        bin_N = self._spread(rest_N, (1 - dev, dev), fixed_G, keep_all=0)
        side_N[rest_N] = np.where(bin_N[rest_N] == 1, "dev", "train")
        return Splits(
            "holdout",
            0,
            side_N,
            None,
            self._assignments(side_N, None),
            moved=moved,
        )

    def cross_fitting(self, short: int = 0) -> Splits:
        """Folds; a group that alone holds some label is in every training part."""
        pairs = np.unique(np.stack([self.group_N, self.label_N], axis=1), axis=0)
        alone_L = np.bincount(pairs[:, 1], minlength=self.labels) < 2
        only_G = np.zeros(self.groups, dtype=np.bool_)
        only_G[pairs[alone_L[pairs[:, 1]], 0]] = True
        if only_G.all():
            raise DataError(
                "no label has two independent examples, so nothing can be scored",
                expected="at least two examples of most labels",
                hint="add examples",
            )
        fixed_G, moved = self._majority(tuple(range(FOLDS)))
        scored_N = ~only_G[self.group_N]
        fold_N = self._spread(scored_N, (1 / FOLDS,) * FOLDS, fixed_G)
        fold_N[~scored_N] = ALWAYS_TRAIN
        side_N: Sides = np.full(len(self.frame), "all", dtype="<U8")
        return Splits(
            "cross_fitting",
            FOLDS,
            side_N,
            fold_N,
            self._assignments(side_N, fold_N),
            moved=moved,
            short_of_holdout=short,
        )

    def _beside_held_out(self) -> Sides:
        """Holdout, or left out for the company of held-out rows; "" where still open."""
        side_N: Sides = np.full(len(self.frame), "", dtype="<U8")
        by_file_G = np.zeros(self.groups, dtype=np.bool_)
        by_file_G[self.group_N[self.held_N]] = True
        before_G = np.zeros(self.groups, dtype=np.bool_)
        before_G[self.group_N[self.was_N == "holdout"]] = True
        side_N[before_G[self.group_N] & (self.was_N == "")] = "holdout"
        side_N[before_G[self.group_N] & (self.was_N != "")] = "left_out"
        side_N[self.kept_aside_N] = "holdout"
        # A training row with a held-out text was found under that text's earlier side: it is a
        # copy all the same, and must not join a holdout that is a file.
        side_N[by_file_G[self.group_N] & ~self.held_N] = "left_out"
        return side_N

    def _majority(self, names: tuple[str, ...] | tuple[int, ...]) -> tuple[NDArray[np.int64], int]:
        """The bin in which most of a group's rows were, and how many were in another."""
        index = {name: i for i, name in enumerate(names)}
        was = [
            index.get(e.fold if e.side == "all" else e.side, FREE) if e else FREE
            for e in self.earlier
        ]
        was_N = np.array(was, dtype=np.int64)
        known = was_N != FREE
        counts_GB = np.zeros((self.groups, len(names)), dtype=np.int64)
        np.add.at(counts_GB, (self.group_N[known], was_N[known]), 1)
        best_G = np.where(counts_GB.any(axis=1), counts_GB.argmax(axis=1), FREE)
        moved = int((counts_GB.sum(axis=1) - counts_GB.max(axis=1)).sum())
        return best_G, moved

    def _spread(
        self,
        chosen_N: NDArray[np.bool_],
        shares: tuple[float, ...],
        fixed_G: NDArray[np.int64],
        keep_all: int | None = None,
    ) -> NDArray[np.int64]:
        """The bin of every chosen row; ``FREE`` for the others."""
        groups, group_M = np.unique(self.group_N[chosen_N], return_inverse=True)
        rows = Rows(group_M.astype(np.int64), self.label_N[chosen_N], len(groups), self.labels)
        keys = [self.keys[group] for group in groups.tolist()]
        bin_G = allocate(rows, shares, keys, fixed_G[groups], keep_all)
        bin_N = np.full(len(self.frame), FREE, dtype=np.int64)
        bin_N[chosen_N] = bin_G[group_M]
        return bin_N

    def _assignments(self, side_N: Sides, fold_N: NDArray[np.int64] | None) -> pl.DataFrame:
        """The table for the next version: these rows, and all that were ever there."""
        now = (
            self.frame.select("id", "hash", "group_key")
            .with_columns(
                pl.Series("side", side_N.tolist(), dtype=pl.String),
                pl.Series("fold", None if fold_N is None else fold_N, dtype=pl.Int64)
                if fold_N is not None
                else pl.lit(None, dtype=pl.Int64).alias("fold"),
            )
            .filter(pl.col("side") != "left_out")
        )
        tables = [now] if self.previous is None else [now, self.previous.select(*ASSIGNMENTS)]
        identity = ["id", "hash", "group_key"]
        return pl.concat(tables).unique(identity, keep="first").sort(identity, nulls_last=True)
