"""How a figure came about, in plain words: its formula, what it is of, how its range was made.

One place for the words that all figures share; what each figure is made of stands in the files that
are named after it (``_how_quality``, ``_how_use``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etude.records.candidate import Quality
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.report import _figures as figures
from etude.report._behind import Behind, Link

SIDES = {
    "holdout": "kept aside (holdout)",
    "out-of-fold": "scored out of fold",
    "dev": "to choose by (dev)",
}
_METHODS = {
    "Wilson": "Wilson's limits over groups",
    "bootstrap": "bootstrap of whole groups",
    "order statistics": "order statistics of the measured times",
    "cross-fitted": "widened for cross-fitting",
    "bonett_price": "Bonett–Price",
    "bonett_price_groups": "Bonett–Price over groups",
    "sign_flip": "sign flips of whole groups",
    "max_t_bootstrap": "max-t over a bootstrap of whole groups",
}
"""How ranges are made, part by part; what is not here is called as the record calls it."""


@dataclass(frozen=True)
class How:
    """``of``: how many examples, of which side, and how the range was made; ``links``: the rows."""

    text: str
    of: str = ""
    links: tuple[Link, ...] = ()


def how(text: str, of: Iterable[str] = (), links: Iterable[Link | None] = ()) -> How:
    """What there is to say, without what there is not."""
    said = ". ".join(one[:1].upper() + one[1:] for one in of if one)
    return How(text, f"{said}." if said else "", tuple(link for link in links if link))


def scored_on(comparison: Comparison, q: Quality) -> str:
    """``1,200 examples kept aside (holdout), in 1,100 independent groups``."""
    n = figures.counted(q.n, "example")
    groups = figures.counted(q.groups, "independent group")
    return f"{n} {SIDES[comparison.scored_on]}, in {groups}"


def ranged(found: Estimate, jointly: str = "") -> str:
    """How the range was made: ``range: 95 %, Wilson's limits over groups``."""
    if found.low == found.high:
        return ""
    parts = [_METHODS.get(part, part) for part in found.method.split(", ") if part]
    return ", ".join([f"range: {100 * found.level:g}{figures.SPACE}%{jointly}", *parts])


def elsewhere(behind: Behind | None) -> str:
    """Said where the rows are not those that a figure is of."""
    if behind is None or not behind.apart:
        return ""
    return "the rows are of dev: those kept aside are not in rows.html"
