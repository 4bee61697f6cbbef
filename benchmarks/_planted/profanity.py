"""Rude words and slurs in what people would be told; where targets are labels or records, slurs in
inputs. Decoys: words that hold one, names, other meanings, other languages.

Strong words, the same disguised, coarse ones, insults, slurs. Some of the other meanings
are written as the rude word is: only the sentence tells.
"""

from __future__ import annotations

from collections.abc import Iterator

from _planted._base import Bed, Clean, Row, Sort
from _planted._carriers import put_in
from _planted._rude import INNOCENT, INNOCENT_ASIDE, RUDE, RUDE_ASIDE, Said
from _planted._wordings import both, of


def _plant(bed: Bed, rate: float) -> None:
    prose = bed.clean.prose_targets
    where = "target" if prose else "input"
    rude = of(bed, RUDE, RUDE_ASIDE)
    wanted = dict(rude) if prose else {"slur": rude["slur"]}
    for name, (carrier, text), row in _dealt(bed, rate, wanted):
        bed.fault(name, row, **put_in(bed, row, where, carrier, text))
    for name, (carrier, text), row in _dealt(bed, rate, of(bed, INNOCENT, INNOCENT_ASIDE)):
        bed.decoy(name, row, **put_in(bed, row, where, carrier, text))


def _dealt(
    bed: Bed, rate: float, table: dict[str, tuple[Said, ...]]
) -> Iterator[tuple[str, Said, Row]]:
    """Rows with a name and one of its sentences, all names and all sentences equally often."""
    turns = dict.fromkeys(table, bed.random.randrange(100))
    for name, row in bed.dealt(rate, list(table)):
        turns[name] += 1
        yield name, table[name][turns[name] % len(table[name])], row


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("rude words and slurs", _fits, _plant, variants=both)
