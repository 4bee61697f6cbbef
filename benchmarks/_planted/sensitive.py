"""What the law protects most, told of a person: health, faith, politics, origin, love, union, body.

Half of it is health. Decoys: the topic and nobody's own, what is denied, figures of speech, names of
firms and things with the same words.
"""

from __future__ import annotations

from _planted._base import Bed, Clean, Sort
from _planted._carriers import prose_field, put_in
from _planted._protected import NOT_TOLD, NOT_TOLD_ASIDE, TOLD, TOLD_ASIDE
from _planted._wordings import both, of


def _plant(bed: Bed, rate: float) -> None:
    told, other = of(bed, TOLD, TOLD_ASIDE), of(bed, NOT_TOLD, NOT_TOLD_ASIDE)
    rest = [name for name in told if name != "health"]
    # Health stands before each of the others.
    names = [name for one in rest for name in ("health", one)]
    for name, row in bed.dealt(rate, names):
        carrier, text = bed.random.choice(told[name])
        bed.fault(name, row, **put_in(bed, row, prose_field(bed), carrier, text))
    for name, row in bed.dealt(rate, list(other)):
        carrier, text = bed.random.choice(other[name])
        bed.decoy(name, row, **put_in(bed, row, prose_field(bed), carrier, text))


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("sensitive facts about a person", _fits, _plant, variants=both)
