"""One sort of fault, or several, put into a clean set."""

from __future__ import annotations

import random
from collections.abc import Mapping

from _planted._base import Bed, Clean, Planted, Sort
from etude.registry import Registry

SORTS = Registry("_planted", "SORT", "sort of fault")


def plant(clean: Clean, sort: str, rate: float, seed: int) -> Planted:
    """``sort`` in a share ``rate`` of the rows; the same seed gives the same rows."""
    return plant_many(clean, {sort: rate}, seed)


def plant_many(clean: Clean, rates: Mapping[str, float], seed: int) -> Planted:
    """Several sorts, each in its share of the rows; sorts that don't fit the set are left out.

    Sorts that change every row (a house style) come first. A rate of 0 changes nothing.
    """
    bed = Bed(clean, random.Random(f"{seed}/{clean.name}/{sorted(rates)}"))
    asked = [name for name in sorted(rates) if rates[name] > 0]
    loaded: dict[str, Sort] = {name: SORTS.load(name.partition("/")[0]) for name in asked}
    for name in sorted(asked, key=lambda name: (not loaded[name].whole, name)):
        if loaded[name].fits(clean):
            bed.sort, _, bed.variant = name.partition("/")
            loaded[name].plant(bed, rates[name])
    if asked:
        bed.random.shuffle(bed.rows)
    judged = frozenset(bed.judged - {one.id for one in bed.truth})
    return Planted(clean, tuple(bed.rows), tuple(bed.truth), tuple(bed.knowledge), judged)


def variants(clean: Clean, sort: str) -> tuple[str, ...]:
    """What ``plant`` can be asked for: the sort, or each of its variants; nothing where none fits."""
    loaded: Sort = SORTS.load(sort)
    if not loaded.fits(clean):
        return ()
    return tuple(f"{sort}/{one}" for one in loaded.variants(clean)) or (sort,)
