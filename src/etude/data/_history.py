"""Which side a row had in earlier versions, however it was edited, moved or renumbered since.

It knows the assignments table and the identities of rows (id, text, the person's group), and
nothing of how sides are chosen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

ASSIGNMENTS = {
    "id": pl.String,
    "hash": pl.String,
    "group_key": pl.String,
    "side": pl.String,
    "fold": pl.Int64,
}
"""One row an example that ever had a side. ``hash``: of the input's normal form; ``group_key``:
of the person's group, null without; ``side``: train, dev, holdout, or all (cross-fitting);
``fold``: from 0, -1 for always in training, null outside cross-fitting."""


@dataclass(frozen=True)
class Earlier:
    """A side that a row had."""

    id: str
    key: str | None
    side: str
    fold: int | None


class History:
    """Looks rows up in an assignments table.

    Args:
        previous: the table, or None where there is no earlier version.
        keys: group keys of the version that is being made.
    """

    def __init__(self, previous: pl.DataFrame | None, keys: set[str]) -> None:
        self.by_pair: dict[tuple[str, str], list[Earlier]] = defaultdict(list)
        self.by_key: dict[str, list[Earlier]] = defaultdict(list)
        self.by_hash: dict[str, list[Earlier]] = defaultdict(list)
        self.by_id: dict[str, list[Earlier]] = defaultdict(list)
        self.keys = keys
        if previous is None:
            return
        for name, text, key, side, fold in previous.select(*ASSIGNMENTS).iter_rows():
            earlier = Earlier(name, key, side, fold)
            self.by_hash[text].append(earlier)
            self.by_id[name].append(earlier)
            if key is not None:
                self.by_pair[text, key].append(earlier)
                self.by_key[key].append(earlier)

    def of(self, name: str, text: str, key: str | None) -> Earlier | None:
        """What the row was, or None for a new one.

        The same text in the same group of the person's is the same row; then a row goes with its
        group; then the same text, and last the same id, tell it. A row of another group that is
        still there is another row, even where both say "yes".
        """
        if key is not None and (text, key) in self.by_pair:
            return _pick(self.by_pair[text, key])
        same_text = self._possible(self.by_hash.get(text, []), key)
        if key is not None and key in self.by_key:
            kept = [e for e in same_text if e.id == name and e.side == "holdout"]
            return _pick([*self.by_key[key], *kept])
        return _pick(same_text) or _pick(self._possible(self.by_id.get(name, []), key))

    def _possible(self, found: list[Earlier], key: str | None) -> list[Earlier]:
        if key is None:
            return found
        return [e for e in found if e.key is None or e.key not in self.keys]


def _pick(found: list[Earlier]) -> Earlier | None:
    """The one that binds: held out, if any was; else the first by side and fold."""
    held = [e for e in found if e.side == "holdout"]
    return min(
        held or found, key=lambda e: (e.side, -1 if e.fold is None else e.fold, e.id), default=None
    )
