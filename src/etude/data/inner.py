"""A training part cut in two: what is trained on, and what settings are chosen on.

It knows examples with their groups; no earlier version ties it, for nothing is kept aside for good.
"""

from __future__ import annotations

import numpy as np

from etude.data._allocate import FREE, Rows, allocate, group_keys
from etude.data.examples import Examples
from etude.errors import DataError


def inner_split(
    examples: Examples, share: float, seed: int, *, by_target: bool = True
) -> tuple[Examples, Examples]:
    """Cut a training part into (train, dev), group-aware and stratified by target.

    Every target keeps at least one group in train, and dev is never empty.

    Args:
        examples: what may be used.
        share: of the groups for dev, above 0 and below 1.
        seed: another seed is another cut.
        by_target: targets are labels; texts that are written hardly ever come twice, so there is
            nothing to balance them by.

    Raises:
        DataError: no target has two groups, so nothing can be spared.
    """
    groups, group_N = np.unique(examples.groups, return_inverse=True)
    targets = examples.targets if by_target else ("",) * len(examples)
    strata, label_N = np.unique(np.asarray(targets, dtype=object), return_inverse=True)
    rows = Rows(group_N.astype(np.int64), label_N.astype(np.int64), len(groups), len(strata))
    keys = group_keys(examples.ids, group_N, len(groups), f"{seed}:")
    free = np.full(len(groups), FREE, dtype=np.int64)
    bin_G = allocate(rows, (1 - share, share), keys, free, keep_all=0)
    if not (bin_G == 1).any():
        bin_G[_spare(rows, keys)] = 1
    bin_N = bin_G[group_N]
    return examples.take(np.flatnonzero(bin_N == 0)), examples.take(np.flatnonzero(bin_N == 1))


def _spare(rows: Rows, keys: list[str]) -> int:
    """A group that train can do without: each of its labels is in another group too."""
    pairs = np.unique(np.stack([rows.group_N, rows.label_N], axis=1), axis=0)
    groups_L = np.bincount(pairs[:, 1], minlength=rows.labels)
    alone = set(pairs[groups_L[pairs[:, 1]] < 2, 0].tolist())
    spare = [g for g in range(rows.groups) if g not in alone]
    if not spare:
        raise DataError(
            "no label has two independent examples, so none can be kept aside to choose on",
            expected="at least two examples of most labels",
            hint="add examples",
        )
    return min(spare, key=lambda g: keys[g])
