"""Spread groups over bins so that every bin gets its share of every label, and no group is cut.

The one allocation behind holdout, dev, folds and inner splits. It knows groups, labels and shares,
and nothing of what the bins mean. Groups of several rows go greedily, the largest first, each to
the bin that it serves best (as in Sechidis, Tsoumakas and Vlahavas 2011, for groups); single rows
then fill up every label's shares exactly, with the leftovers carried from label to label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etude.data.text import short_hash

FREE = -1
"""A group whose bin is still to be chosen."""


@dataclass(frozen=True)
class Rows:
    """N rows: which of G groups each is of, and which of L labels it has."""

    group_N: NDArray[np.int64]
    label_N: NDArray[np.int64]
    groups: int
    labels: int

    def weights(self) -> NDArray[np.float64]:
        """1 / size of its group, so that every group counts as one."""
        sizes_G = np.bincount(self.group_N, minlength=self.groups)
        return 1.0 / sizes_G[self.group_N]


def allocate(
    rows: Rows,
    shares: Sequence[float],
    keys: Sequence[str],
    fixed_G: NDArray[np.int64],
    keep_all: int | None = None,
) -> NDArray[np.int64]:
    """The bin of each group.

    Args:
        rows: the rows.
        shares: of the groups, for each of B bins; they add up to 1.
        keys: one a group, all different: decides between groups that are alike, so that the
            result depends on the contents alone and not on the order of rows.
        fixed_G: the bin of a group that has one already, else ``FREE``.
        keep_all: a bin that gets at least one group of every label before any other bin does.
    """
    state = _State(rows, np.asarray(shares, dtype=np.float64), fixed_G.copy(), keep_all)
    sizes_G = np.bincount(rows.group_N, minlength=rows.groups)
    free = np.flatnonzero(fixed_G == FREE)
    order = sorted(free.tolist(), key=lambda g: (-int(sizes_G[g]), keys[g]))
    by_group = np.argsort(rows.group_N, kind="stable")
    ends_G = np.cumsum(sizes_G)
    singles: list[list[int]] = [[] for _ in range(rows.labels)]
    for group in order:
        labels = rows.label_N[by_group[ends_G[group] - sizes_G[group] : ends_G[group]]]
        if len(labels) == 1:
            singles[int(labels[0])].append(group)
        else:
            state.place(group, labels)
    state.fill(singles)
    return state.bin_G


class _State:
    """What the bins hold so far, in weighted groups by label."""

    def __init__(
        self,
        rows: Rows,
        shares_B: NDArray[np.float64],
        bin_G: NDArray[np.int64],
        keep_all: int | None,
    ) -> None:
        weights = rows.weights()
        total_L = np.bincount(rows.label_N, weights=weights, minlength=rows.labels)
        self.bin_G = bin_G
        self.shares_B = shares_B
        self.keep_all = keep_all
        self.want_BL = shares_B[:, None] * total_L[None, :]
        self.have_BL = np.zeros_like(self.want_BL)
        bins_N = bin_G[rows.group_N]
        put = bins_N != FREE
        np.add.at(self.have_BL, (bins_N[put], rows.label_N[put]), weights[put])

    def place(self, group: int, labels: NDArray[np.int64]) -> None:
        """Put a group of several rows where it brings the counts nearest to what is wanted."""
        known, counts = np.unique(labels, return_counts=True)
        weight = counts / len(labels)
        have, want = self.have_BL[:, known], np.maximum(self.want_BL[:, known], 1e-9)
        # The growth of sum((have - want)^2 / want) over labels, and over all labels as one.
        growth_B = ((weight**2 + 2 * weight * (have - want)) / want).sum(axis=1)
        full_B = (1 + 2 * (self.have_BL.sum(axis=1) - self.want_BL.sum(axis=1))) / np.maximum(
            self.want_BL.sum(axis=1), 1e-9
        )
        cost_B = np.where(self.shares_B > 0, np.round(growth_B + full_B, 9), np.inf)
        best = int(np.argmin(cost_B))
        if self.keep_all is not None and (self.have_BL[self.keep_all, known] == 0).any():
            best = self.keep_all
        self.bin_G[group] = best
        self.have_BL[best, known] += weight

    def fill(self, singles: Sequence[Sequence[int]]) -> None:
        """Give every label's single rows to the bins that still want them."""
        carry_B = np.zeros(len(self.shares_B))
        for label, groups in enumerate(singles):
            if not groups:
                continue
            count = len(groups)
            quota_B = self._quota(label, count) + carry_B
            whole_B = np.clip(np.floor(np.round(quota_B, 9)), 0, None)
            while whole_B.sum() > count:
                whole_B[int(np.argmax(whole_B - quota_B))] -= 1
            for _ in range(count - int(whole_B.sum())):
                whole_B[int(np.argmax(np.round(quota_B - whole_B, 9)))] += 1
            self._keep_one(label, whole_B)
            # At most one: rare labels that must stay in one bin would else starve a common one.
            carry_B = np.clip(quota_B - whole_B, -1, 1)
            bins = np.repeat(np.arange(len(whole_B)), whole_B.astype(np.int64))
            self.bin_G[np.asarray(groups)] = bins
            self.have_BL[:, label] += whole_B

    def _quota(self, label: int, count: int) -> NDArray[np.float64]:
        need_B = np.maximum(self.want_BL[:, label] - self.have_BL[:, label], 0)
        part_B = need_B / need_B.sum() if need_B.sum() > 0 else self.shares_B
        return np.asarray(count * part_B)

    def _keep_one(self, label: int, whole_B: NDArray[np.float64]) -> None:
        keep = self.keep_all
        if keep is None or whole_B[keep] > 0 or self.have_BL[keep, label] > 0:
            return
        whole_B[int(np.argmax(whole_B))] -= 1
        whole_B[keep] += 1


def group_keys(
    ids: tuple[str, ...] | list[str], group_N: NDArray[np.intp], groups: int, prefix: str = ""
) -> list[str]:
    """A hash a group, of its least id."""
    least: list[str | None] = [None] * groups
    for name, group in zip(ids, group_N.tolist(), strict=True):
        known = least[group]
        if known is None or name < known:
            least[group] = name
    return [short_hash(f"{prefix}{name}") for name in least]
