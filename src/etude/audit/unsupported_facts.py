"""Unsupported facts: numbers, names and dates in targets that nothing given says.

Given are the input (with what an answer may use), the instructions, the task's checks, and the
passages of ``data.knowledge``. What stands in many targets is a fact of the house, which a model can
learn: it is said once. ``_facts`` reads facts, ``_given`` says what follows from what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from etude.audit import _values
from etude.audit._base import TEXTS, Audit, Found, Material, found
from etude.audit._facts import Sort
from etude.audit._invented import Unsupported, unsupported
from etude.audit._textual import share
from etude.records.dataset import Repair

_HOUSE = 0.1
"""Share of targets from which a fact is one of the house."""
_HOUSE_OWN = 0.02
"""The same for names and long numbers, which nobody writes twice by chance."""
_HOUSE_ROWS = 5
_LONG_NUMBER = 5
"""Digits of a telephone or an account, which nobody writes twice by chance."""
_MUCH = 0.3
"""Share of rows from which look-up is named as the remedy."""
_CHECKED = 0.5
"""Minutes to see whether a fact of the house is true."""
_SURE: dict[Sort, float] = {"number": 0.85, "date": 0.8, "name": 0.7}


@dataclass(frozen=True)
class _Words:
    code: str
    noun: str
    such: str


_SAYS: dict[Sort, _Words] = {
    "number": _Words("invented_numbers", "a number", "numbers"),
    "date": _Words("invented_dates", "a date or a day", "dates"),
    "name": _Words("invented_names", "a name", "names"),
}


def _run(material: Material) -> Iterator[Found]:
    if material.task.kind == "extract":
        yield from _values.invented(material)
        return
    facts = unsupported(material)
    house = _house(facts, len(material.frame))
    for sort, words in _SAYS.items():
        own = [
            one for one in facts if one.sort == sort and (sort, one.text.casefold()) not in house
        ]
        yield from _said(material, sort, words, own)
    yield from _house_facts(material, facts, house)


def _house(facts: list[Unsupported], rows: int) -> dict[tuple[Sort, str], int]:
    """Facts that so many targets share that they belong to the house, with how many."""
    counts = Counter({(one.sort, one.text.casefold(), one.id): 1 for one in facts})
    targets: Counter[tuple[Sort, str]] = Counter()
    for sort, text, _ in counts:
        targets[sort, text] += 1
    house = {}
    for (sort, text), count in targets.items():
        distinct = sort == "name" or sum(c.isdigit() for c in text) >= _LONG_NUMBER
        portion = _HOUSE_OWN if distinct else _HOUSE
        if count >= max(_HOUSE_ROWS, portion * rows):
            house[sort, text] = count
    return house


def _said(
    material: Material, sort: Sort, words: _Words, facts: list[Unsupported]
) -> Iterator[Found]:
    if not facts:
        return
    rows = len(material.frame)
    hits = pl.DataFrame(
        {
            "id": [one.id for one in facts],
            "field": ["target"] * len(facts),
            "start": [one.start for one in facts],
            "end": [one.end for one in facts],
            "evidence": [one.text for one in facts],
            "score": [_SURE[sort]] * len(facts),
        }
    )
    count = hits["id"].n_unique()
    common = Counter(one.text for one in facts).most_common(3)
    shown = ", ".join(f"\u201c{text}\u201d" for text, _ in common)
    much = count > _MUCH * rows
    yield found(
        "unsupported_facts",
        words.code,
        "warning",
        f"{count:,} of {rows:,} targets ({share(count, rows)}) "
        f"{'states' if count == 1 else 'state'} {words.noun} that is not in the input, "
        "nor in the instructions"
        + (" or the knowledge" if material.knowledge else "")
        + f" ({shown}{' …' if len(hits) > 3 else ''})",
        hits,
        costs=f"the model learns to make up {words.such}"
        + (
            "; with so many, give each example what its answer draws on, or let the model "
            "look it up"
            if much
            else ""
        ),
        repair=Repair(
            apply="decide",
            sentence=(
                "put what they draw on into the input (or `context`), or take it out of the target"
            ),
        ),
        seconds_each=20,
    )


def _house_facts(
    material: Material, facts: list[Unsupported], house: dict[tuple[Sort, str], int]
) -> Iterator[Found]:
    if not house:
        return
    spelled = {(one.sort, one.text.casefold()): one.text for one in reversed(facts)}
    listed = sorted(house.items(), key=lambda item: (-item[1], item[0][1]))
    shown = ", ".join(f"\u201c{spelled[key]}\u201d ({count:,})" for key, count in listed[:8])
    more = f" and {len(listed) - 8} more" if len(listed) > 8 else ""
    yield found(
        "unsupported_facts",
        "house_facts",
        "note",
        f"{len(house):,} {'fact is' if len(house) == 1 else 'facts are'} in many targets and "
        f"not in "
        f"their inputs: {shown}{more}; they are taken for facts of the house and not asked about "
        "row by row",
        pl.DataFrame(schema={"id": pl.String}),
        costs="when such a fact changes, a trained model goes on saying the old one",
        repair=Repair(
            apply="decide", sentence="see that they are true, or say them in the instructions"
        ),
        minutes=_CHECKED * len(house),
    )


AUDIT = Audit("facts that nothing given says", TEXTS, "rows", _run)
